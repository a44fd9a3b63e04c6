// Where a PostgreSQL database is and how to log in: libpq's connection parameters
// (https://www.postgresql.org/docs/current/libpq-connect.html).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbrollback::database::postgres {

class Parameters {
 public:
  // A URL (postgresql://, postgres://, also with a driver behind it: postgresql+psycopg://) or "host=… dbname=…". What
  // only an ORM understands in a URL's query (Prisma's schema=, connection_limit=, …) is left out. Throws Error
  // (Exit::usage) for what libpq cannot read, without repeating it.
  [[nodiscard]] static Parameters parse(std::string_view url);

  // As libpq resolves it: what the URL leaves out comes from PG… variables and libpq's defaults. Empty: not known.
  [[nodiscard]] std::string get(const std::string& keyword) const;
  [[nodiscard]] Parameters with(const std::string& keyword, const std::string& value) const;
  [[nodiscard]] std::string database() const { return get("dbname"); }

  // "postgresql://user@host:5432/name": fit for messages and evidence. Never a password or a key's.
  [[nodiscard]] std::string shown() const;

  // "keyword=value" for each parameter that is set and no secret: fit for an argument of pg_dump.
  [[nodiscard]] std::string without_secrets() const;
  // The password that was given, if any; not what ~/.pgpass or PGPASSWORD holds.
  [[nodiscard]] std::optional<std::string> password() const;

  // What was set, secrets included: for libpq alone.
  [[nodiscard]] const std::map<std::string, std::string>& values() const { return values_; }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace dbrollback::database::postgres
