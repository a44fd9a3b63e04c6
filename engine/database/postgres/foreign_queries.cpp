#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

ObjectQuery wrappers() {
  return {.kind = "foreign data wrapper",
          .catalog = "pg_foreign_data_wrapper",
          .grants = 'F',
          .sql = cat("SELECT w.oid, NULL::name, w.fdwname, NULL, NULL::oid, 'FOREIGN DATA WRAPPER' || ",
                     with_word("HANDLER", "nullif(w.fdwhandler, 0)::regprocedure::text"), " || ",
                     with_word("VALIDATOR", "nullif(w.fdwvalidator, 0)::regprocedure::text"), " || ",
                     with_word("OPTIONS", option_names("w.fdwoptions")),
                     ", w.fdwowner, w.fdwacl FROM pg_foreign_data_wrapper w WHERE w.", made_by_users)};
}

ObjectQuery servers() {
  return {.kind = "server",
          .catalog = "pg_foreign_server",
          .grants = 'S',
          .sql = cat("SELECT s.oid, NULL::name, s.srvname, NULL, NULL::oid, 'SERVER' || ",
                     with_word("TYPE", "quote_literal(s.srvtype)"), " || ",
                     with_word("VERSION", "quote_literal(s.srvversion)"), " || ",
                     with_word("WRAPPER",
                               "SELECT quote_ident(w.fdwname) FROM pg_foreign_data_wrapper w WHERE w.oid = s.srvfdw"),
                     " || ", with_word("OPTIONS", option_names("s.srvoptions")),
                     ", s.srvowner, s.srvacl FROM pg_foreign_server s WHERE s.", made_by_users)};
}

// Through the view, which all may read; it shows options to those who may know them.
ObjectQuery mappings() {
  return {.kind = "user mapping",
          .catalog = "pg_user_mapping",
          .sql = cat(R"(
SELECT m.umid, NULL::name, NULL::name,
       'FOR ' || CASE m.umuser WHEN 0 THEN 'PUBLIC' ELSE quote_ident(m.usename) END || ' SERVER ' || quote_ident(m.srvname),
       NULL::oid, 'USER MAPPING' || )",
                     with_word("OPTIONS", option_names("m.umoptions")),
                     ", NULL::oid, NULL::aclitem[] FROM pg_user_mappings m")};
}

}  // namespace

std::vector<ObjectQuery> foreign_queries() { return {wrappers(), servers(), mappings()}; }

}  // namespace dbrollback::database::postgres
