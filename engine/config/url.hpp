// What a database URL names. Nothing here touches the disk, and no message repeats a URL: it may hold a secret.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

#include "dbrollback/config.hpp"

namespace dbrollback::config {

struct UrlProblem {
  std::string code;  // for Error
  std::string text;  // what is wrong and what would be right
};

struct DatabaseUrl {
  DatabaseConfig::Engine engine = DatabaseConfig::Engine::sqlite;
  std::string text;  // SQLite: the path as it is written there, which may be relative. PostgreSQL: the URL as it is
};

// A URL of any kind that is known.
[[nodiscard]] std::variant<DatabaseUrl, UrlProblem> read_url(std::string_view url);

// The path in an SQLite URL, as it is written there: it may be relative.
[[nodiscard]] std::variant<std::filesystem::path, UrlProblem> read_sqlite_url(std::string_view url);

// "scheme://user:password@…", "…password=…", also misspelt.
[[nodiscard]] bool holds_password(std::string_view url);

}  // namespace dbrollback::config
