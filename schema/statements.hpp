// A script, statement by statement, as the program of its database would send it: psql or sqlite3.
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

struct Statement {
  std::string text;  // as in the script, without the semicolon at its end and the white space and comments around it
  std::size_t line = 1;  // of the script, where it begins
  // PostgreSQL: the lines after COPY … FROM STDIN and before "\.", each with its end.
  std::optional<std::string> copy_data = std::nullopt;
};

// A script that cannot be read to its end, or that is for a program other than this one.
class ScriptError : public std::runtime_error {
 public:
  // `line` counts from 1.
  ScriptError(std::size_t line, const std::string& what) : std::runtime_error(what), line_(line) {}
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  std::size_t line_;
};

// Throws ScriptError: for what is still open at the end (quotes, comments, the data of COPY), for a zero byte, and for
// commands of psql; of those, \restrict and \unrestrict with a key, which pg_dump writes, are left out.
[[nodiscard]] std::vector<Statement> statements_of(Dialect dialect, std::string_view script);

}  // namespace dbrollback::schema
