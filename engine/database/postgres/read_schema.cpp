#include "engine/database/postgres/read_schema.hpp"

#include <algorithm>
#include <tuple>

#include "engine/base/text.hpp"
#include "engine/database/postgres/describe.hpp"
#include "engine/database/postgres/schema_queries.hpp"
#include "engine/database/postgres/stable_text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

std::string member_of_extension(const std::string& catalog, const std::string& oid) {
  return cat("EXISTS (SELECT FROM pg_depend e WHERE e.classid = '", catalog, "'::regclass AND e.objid = ", oid,
             " AND e.objsubid = 0 AND e.deptype = 'e')");
}

std::string whole_query(const ObjectQuery& query) {
  const std::string grants =
      query.grants == '\0' ? "NULL" : grants_of(cat("coalesce(o.acl, acldefault('", query.grants, "', o.owner))"));
  return cat(
      "SELECT o.schema, o.name, o.ending, tn.nspname, tc.relname, o.definition, "
      "quote_ident(pg_get_userbyid(o.owner)), ",
      grants, ", quote_literal(s.description) FROM (", query.sql,
      R"() AS o(oid, schema, name, ending, relation, definition, owner, acl)
LEFT JOIN pg_class tc ON tc.oid = o.relation
LEFT JOIN pg_namespace tn ON tn.oid = tc.relnamespace
LEFT JOIN pg_description s ON s.classoid = ')",
      query.catalog, "'::regclass AND s.objoid = o.oid AND s.objsubid = 0 WHERE NOT ",
      member_of_extension(query.catalog, "o.oid"), " AND NOT ", member_of_extension("pg_class", "o.relation"));
}

enum Field : int { schema_name, name, ending, table_schema, table_name, definition, owner, grants, comment };

std::string name_of(const Result& rows, int row) {
  const std::string own = rows.is_null(row, name) ? "" : shown_identifier(rows.text(row, name));
  const std::string in = rows.is_null(row, schema_name) ? "" : shown_identifier(rows.text(row, schema_name)) + ".";
  return cat(in, own, rows.text(row, ending));
}

schema::Object object_of(const ObjectQuery& query, const Result& rows, int row) {
  schema::Object out;
  out.kind = query.kind;
  out.name = name_of(rows, row);
  if (!rows.is_null(row, table_name)) {
    out.table = shown_name(rows.text(row, table_schema), rows.text(row, table_name));
    if (rows.is_null(row, schema_name)) {
      out.name = name_in_table(out.name, out.table);
    }
  }
  out.sql = stable_text(rows.text(row, definition));
  if (!rows.is_null(row, owner)) {
    out.sql += "\nOWNER " + rows.text(row, owner);
  }
  if (!rows.is_null(row, grants)) {
    out.sql += "\nGRANT " + rows.text(row, grants);
  }
  if (!rows.is_null(row, comment)) {
    out.sql += "\nCOMMENT " + rows.text(row, comment);
  }
  return out;
}

std::vector<ObjectQuery> all_queries(int version) {
  std::vector<ObjectQuery> out;
  for (auto&& queries : {relation_queries(version), table_part_queries(version), type_queries(version),
                         code_queries(version), operator_queries(), text_queries(version), foreign_queries(),
                         replication_queries(version), database_queries(version)}) {
    out.insert(out.end(), queries.begin(), queries.end());
  }
  return out;
}

}  // namespace

std::vector<schema::Object> read_objects(Connection& connection) {
  std::vector<schema::Object> out;
  for (const ObjectQuery& query : all_queries(connection.server_version())) {
    const Result rows = connection.execute(whole_query(query));
    for (int row = 0; row < rows.rows(); ++row) {
      out.push_back(object_of(query, rows, row));
    }
  }
  std::ranges::sort(out, {}, [](const schema::Object& object) {
    return std::tie(object.kind, object.name, object.table, object.sql);
  });
  return out;
}

}  // namespace dbrollback::database::postgres
