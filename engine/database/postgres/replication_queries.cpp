#include "engine/base/text.hpp"
#include "engine/database/postgres/schema_queries.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

ObjectQuery publications(int version) {
  std::string sql = R"(
SELECT p.oid, NULL::name, p.pubname, NULL, NULL::oid, 'PUBLICATION' || CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' END ||
       ' PUBLISH ' || p.pubinsert || ' ' || p.pubupdate || ' ' || p.pubdelete || ' ' || p.pubtruncate)";
  if (version >= 130000) {
    sql += " || CASE WHEN p.pubviaroot THEN ' VIA ROOT' ELSE '' END";
  }
  if (version >= 180000) {
    sql += " || ' GENERATED ' || p.pubgencols::text";
  }
  const std::string columns = version < 150000 ? "" : R"( || coalesce(' (' || (
           SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C") FROM pg_attribute a
           WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')', '') ||
           coalesce(' WHERE ' || pg_get_expr(r.prqual, r.prrelid), ''))";
  sql += " || " + with_word("TABLE", cat("SELECT string_agg(r.prrelid::regclass::text", columns,
                                         R"(, ', ' ORDER BY r.prrelid::regclass::text COLLATE "C")
         FROM pg_publication_rel r WHERE r.prpubid = p.oid)"));
  if (version >= 150000) {
    sql += " || " + with_word("SCHEMA", R"(
         SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname)
         FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid)");
  }
  return {.kind = "publication",
          .catalog = "pg_publication",
          .sql = sql + ", p.pubowner, NULL::aclitem[] FROM pg_publication p"};
}

// Nothing of its connection, and not whether it is enabled: pg_dump never enables one. Before version 14 nobody but a
// superuser may read its oid, and with it its comment.
ObjectQuery subscriptions(int version) {
  return {
      .kind = "subscription",
      .catalog = "pg_subscription",
      .sql = cat(
          "SELECT ", version >= 140000 ? "s.oid" : "NULL::oid", R"(, NULL::name, s.subname, NULL, NULL::oid,
       'SUBSCRIPTION TO ' || )",
          R"((SELECT string_agg(quote_ident(p), ', ' ORDER BY p COLLATE "C") FROM unnest(s.subpublications) AS p) || )",
          with_word("SLOT", "quote_ident(s.subslotname)"), R"(, s.subowner, NULL::aclitem[]
FROM pg_subscription s WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()))")};
}

}  // namespace

std::vector<ObjectQuery> replication_queries(int version) { return {publications(version), subscriptions(version)}; }

}  // namespace dbrollback::database::postgres
