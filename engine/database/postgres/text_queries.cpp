#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// Neither the version of the system's library, nor the encoding, which a copy of a collation for all does not have.
ObjectQuery collations(int version) {
  std::string locale = "NULL::text";
  if (version >= 170000) {
    locale = "c.colllocale";
  } else if (version >= 150000) {
    locale = "c.colliculocale";
  }
  const std::string rules = version >= 160000 ? "c.collicurules" : "NULL::text";
  return {.kind = "collation",
          .catalog = "pg_collation",
          .sql = cat(R"(
SELECT c.oid, n.nspname, c.collname, NULL, NULL::oid, 'COLLATION ' || c.collprovider::text ||
       CASE WHEN c.collisdeterministic THEN '' ELSE ' NOT DETERMINISTIC' END || )",
                     with_word("COLLATE", "quote_literal(c.collcollate)"), " || ",
                     with_word("CTYPE", "quote_literal(c.collctype)"), " || ",
                     with_word("LOCALE", cat("quote_literal(", locale, ")")), " || ",
                     with_word("RULES", cat("quote_literal(", rules, ")")), R"(, c.collowner, NULL::aclitem[]
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE )",
                     of_users)};
}

ObjectQuery conversions() {
  return {.kind = "conversion",
          .catalog = "pg_conversion",
          .sql = cat(R"(
SELECT c.oid, n.nspname, c.conname, NULL, NULL::oid,
       CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END || 'CONVERSION FOR ' || pg_encoding_to_char(c.conforencoding) ||
       ' TO ' || pg_encoding_to_char(c.contoencoding) || ' FROM ' || c.conproc::oid::regprocedure::text,
       c.conowner, NULL::aclitem[]
FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE )",
                     of_users)};
}

ObjectQuery text_search(const std::string& kind, const std::string& prefix, const std::string& catalog, bool owned,
                        const std::string& definition) {
  return {.kind = "text search " + kind,
          .catalog = catalog,
          .sql = cat("SELECT x.oid, n.nspname, x.", prefix, "name, NULL, NULL::oid, ", definition, ", ",
                     owned ? cat("x.", prefix, "owner") : "NULL::oid", ", NULL::aclitem[] FROM ", catalog,
                     " x JOIN pg_namespace n ON n.oid = x.", prefix, "namespace WHERE ", of_users)};
}

std::string function(const std::string& word, const std::string& column) {
  return with_word(word, cat("nullif(x.", column, ", 0)::oid::regprocedure::text"));
}

std::string configuration_definition() {
  return cat(R"('CONFIGURATION PARSER ' ||
    (SELECT quote_ident(pn.nspname) || '.' || quote_ident(p.prsname)
     FROM pg_ts_parser p JOIN pg_namespace pn ON pn.oid = p.prsnamespace WHERE p.oid = x.cfgparser) || )",
             with_word("MAPPING", R"(
      SELECT string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary::text, ', ' ORDER BY m.maptokentype, m.mapseqno)
      FROM pg_ts_config_map m WHERE m.mapcfg = x.oid)"));
}

}  // namespace

std::vector<ObjectQuery> text_queries(int version) {
  return {collations(version),
          conversions(),
          text_search("parser", "prs", "pg_ts_parser", false,
                      cat("'PARSER' || ", function("START", "prsstart"), " || ", function("TOKEN", "prstoken"), " || ",
                          function("END", "prsend"), " || ", function("HEADLINE", "prsheadline"), " || ",
                          function("TYPES", "prslextype"))),
          text_search("template", "tmpl", "pg_ts_template", false,
                      cat("'TEMPLATE' || ", function("INIT", "tmplinit"), " || ", function("LEXIZE", "tmpllexize"))),
          text_search("dictionary", "dict", "pg_ts_dict", true,
                      cat("'DICTIONARY TEMPLATE ' || ", R"(
    (SELECT quote_ident(tn.nspname) || '.' || quote_ident(t.tmplname)
     FROM pg_ts_template t JOIN pg_namespace tn ON tn.oid = t.tmplnamespace WHERE t.oid = x.dicttemplate) || )",
                          with_word("OPTIONS", "x.dictinitoption"))),
          text_search("configuration", "cfg", "pg_ts_config", true, configuration_definition())};
}

}  // namespace dbrollback::database::postgres
