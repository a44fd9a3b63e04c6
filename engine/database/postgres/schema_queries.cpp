#include "engine/database/postgres/schema_queries.hpp"

#include "engine/base/text.hpp"
#include "engine/database/postgres/column_order.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// Since the minor releases of November 2026 servers keep a version of each column among its options, which is another
// one in each database and which pg_dump leaves out.
std::string users_options(const std::string& options) {
  return cat("ARRAY(SELECT u FROM unnest(", options, ") AS u WHERE u !~ '^pg_')");
}

}  // namespace

std::string with_word(const std::string& word, const std::string& expression) {
  return cat("coalesce(' ", word, " ' || (", expression, "), '')");
}

std::string sorted_array(const std::string& array) {
  return cat("(SELECT string_agg(o, ', ' ORDER BY o COLLATE \"C\") FROM unnest(", array, ") AS o)");
}

std::string option_names(const std::string& options) {
  return cat(
      "(SELECT string_agg(quote_ident(option_name), ', ' ORDER BY option_name COLLATE \"C\") "
      "FROM pg_options_to_table(",
      options, "))");
}

std::string collation_name(const std::string& oid) {
  return cat(
      "(SELECT quote_ident(ln.nspname) || '.' || quote_ident(l.collname) FROM pg_collation l "
      "JOIN pg_namespace ln ON ln.oid = l.collnamespace WHERE l.oid = ",
      oid, ")");
}

std::string grants_of(const std::string& acl) {
  return cat(R"((SELECT string_agg(g.text, ', ' ORDER BY g.text COLLATE "C") FROM (
    SELECT privilege_type || ' TO ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END ||
           CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END || ' BY ' || quote_ident(pg_get_userbyid(grantor))
    FROM aclexplode()",
             acl, R"()) AS g(text)))");
}

std::string columns_of_c(int version) {
  const std::string compression = version >= 140000 ? "a.attcompression::text" : "''";
  const std::string not_null = version >= 180000 ? R"(CASE WHEN a.attnotnull THEN ' NOT NULL' || coalesce((
        SELECT CASE WHEN k.connoinherit THEN ' NO INHERIT' ELSE '' END || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END
        FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]), '')
        ELSE '' END)"
                                                 : "CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END";
  return cat(R"((SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) ||
      CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || )",
             collation_name("a.attcollation"), R"( ELSE '' END || )", not_null, R"( ||
      CASE WHEN a.atthasdef THEN CASE a.attgenerated WHEN '' THEN ' DEFAULT ' ELSE ' GENERATED ' || a.attgenerated::text || ' ' END ||
        coalesce(pg_get_expr(d.adbin, d.adrelid), '') ELSE '' END ||
      CASE WHEN a.attidentity <> '' THEN ' IDENTITY ' || a.attidentity::text ELSE '' END ||
      CASE WHEN a.attstorage <> t.typstorage THEN ' STORAGE ' || a.attstorage::text ELSE '' END ||
      CASE WHEN )",
             compression, " <> '' THEN ' COMPRESSION ' || ", compression, R"( ELSE '' END ||
      CASE WHEN coalesce(a.attstattarget, -1) <> -1 THEN ' STATISTICS ' || a.attstattarget ELSE '' END || )",
             with_word("WITH", sorted_array(users_options("a.attoptions"))), " || ",
             with_word("OPTIONS", sorted_array("a.attfdwoptions")), " || ", with_word("GRANT", grants_of("a.attacl")),
             R"( ||
      coalesce(' COMMENT ' || quote_literal(s.description), ''), E',\n' ORDER BY )",
             lasting_column_order, R"()
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_description s ON s.classoid = 'pg_class'::regclass AND s.objoid = a.attrelid AND s.objsubid = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))");
}

}  // namespace dbrollback::database::postgres
