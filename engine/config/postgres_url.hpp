// Which URLs mean PostgreSQL. They are recognised and kept, not taken apart: that is libpq's. Nothing here may repeat
// one, not even a piece: where somebody forgot to encode a password, any piece may be a piece of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbrollback::config {

// "postgresql", "postgres", "postgres+driver", in lower case.
[[nodiscard]] bool is_postgres_scheme(std::string_view scheme);

// "h1:5432,[::1]:5433,/run": as libpq takes it between the user and the path.
[[nodiscard]] bool is_host_list(std::string_view hosts);

// By its scheme, or as a connection string. It need not be right.
[[nodiscard]] bool is_postgres_url(std::string_view url);

// Why libpq could not read it, in a sentence; nothing for one that it may well read. Precondition: is_postgres_url().
[[nodiscard]] std::optional<std::string> problem_of_postgres_url(std::string_view url);

// The database that it names, for a name to call it by; empty where it names none, or where that is in any doubt.
[[nodiscard]] std::string dbname_of(std::string_view url);

}  // namespace dbrollback::config
