// Scripts of PostgreSQL's SQL, read by PostgreSQL's own scanner and parser (libpg_query,
// https://github.com/pganalyze/libpg_query).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbrollback::schema {

struct PostgresScript {
  std::vector<std::string_view> statements;  // without the semicolons at their ends and the white space around them
  std::string problem;                       // why it cannot be read to its end; empty: it can be
};

// The statements of a script, as parts of it. The body of a function in standard SQL (BEGIN ATOMIC … END) belongs to
// its statement, as do parentheses; psql tells them apart in the same way. What pg_restore writes for psql itself,
// \restrict and \unrestrict with a key, is no statement. Precondition: no zero byte.
[[nodiscard]] PostgresScript split(std::string_view script);

using RoleNames = std::map<std::string, std::string>;  // from old to new

// The script with other roles in place of those that its statements name: as owners, with grants, in default
// privileges, policies and user mappings, and for SET SESSION AUTHORIZATION. Text in quotes, and so the bodies of
// functions, stays as it is. Nothing where the scanner cannot read it to its end: who knows what it names.
[[nodiscard]] std::optional<std::string> rename_roles(std::string_view script, const RoleNames& roles);

}  // namespace dbrollback::schema
