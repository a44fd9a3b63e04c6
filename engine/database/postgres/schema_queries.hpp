// How each kind of object is read from PostgreSQL's catalogs (https://www.postgresql.org/docs/current/catalogs.html).
#pragma once

#include <string>
#include <vector>

namespace dbrollback::database::postgres {

// `sql` gives a row for each object: its oid, schema, name, what its name ends in, the relation that it belongs to,
// definition, owner and grants (NULL where it has none). Without a name, what it ends in is the name. A definition has
// no oid, nothing that pg_dump does not keep, and no secret.
struct ObjectQuery {
  std::string kind;
  std::string catalog;  // that describes it
  char grants = '\0';   // what acldefault() calls the kind; \0: nobody grants anything on it
  std::string sql;
};

// By subject. `version` as of Connection::server_version().
[[nodiscard]] std::vector<ObjectQuery> relation_queries(int version);
[[nodiscard]] std::vector<ObjectQuery> table_part_queries(int version);
[[nodiscard]] std::vector<ObjectQuery> type_queries(int version);
[[nodiscard]] std::vector<ObjectQuery> code_queries(int version);
[[nodiscard]] std::vector<ObjectQuery> operator_queries();
[[nodiscard]] std::vector<ObjectQuery> text_queries(int version);
[[nodiscard]] std::vector<ObjectQuery> foreign_queries();
[[nodiscard]] std::vector<ObjectQuery> replication_queries(int version);
[[nodiscard]] std::vector<ObjectQuery> database_queries(int version);

// What a WHERE clause says of a schema n: it is no system's and nobody's temporary one.
constexpr const char* of_users = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

// Objects without a schema are the system's when they were there before any user.
constexpr const char* made_by_users = "oid >= 16384";

// Expressions for a definition. A text of the catalogs, NULL for none, after a word of ours and as SQL quotes it:
[[nodiscard]] std::string with_word(const std::string& word, const std::string& expression);
// The columns of the relation c, one a line, with all that ALTER TABLE says about one.
[[nodiscard]] std::string columns_of_c(int version);
// An array's elements, sorted: options are a set.
[[nodiscard]] std::string sorted_array(const std::string& array);
// The names of options alone: a value may be a password.
[[nodiscard]] std::string option_names(const std::string& options);
// With its schema; regcollation is not known to version 12.
[[nodiscard]] std::string collation_name(const std::string& oid);
// All grants of an ACL as one text.
[[nodiscard]] std::string grants_of(const std::string& acl);

}  // namespace dbrollback::database::postgres
