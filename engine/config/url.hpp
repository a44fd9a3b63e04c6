// What a database URL names. Nothing here touches the disk, and no message repeats a URL: it may hold a secret.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

namespace dbrollback::config {

struct UrlProblem {
  std::string code;  // for Error
  std::string text;  // what is wrong and what would be right
};

// The path in an SQLite URL, as it is written there: it may be relative.
[[nodiscard]] std::variant<std::filesystem::path, UrlProblem> read_sqlite_url(std::string_view url);

// "scheme://user:password@…", "…password=…".
[[nodiscard]] bool holds_password(std::string_view url);

}  // namespace dbrollback::config
