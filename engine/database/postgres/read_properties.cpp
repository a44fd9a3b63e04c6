#include "engine/database/postgres/read_properties.hpp"

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

std::string database_sql(int version) {
  const char* provider = "'c'";
  const char* locale = "NULL";
  if (version >= 170000) {
    provider = "d.datlocprovider";
    locale = "d.datlocale";
  } else if (version >= 150000) {
    provider = "d.datlocprovider";
    locale = "d.daticulocale";
  }
  const char* const rules = version >= 160000 ? "d.daticurules" : "NULL";
  const char* const recorded = version >= 150000 ? "d.datcollversion" : "NULL";
  const char* const actual = version >= 150000 ? "pg_database_collation_actual_version(d.oid)" : "NULL";
  return cat(R"(
SELECT pg_get_userbyid(d.datdba), pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
       CASE )",
             provider, " WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE ", provider,
             "::text END, ", locale, ", ", rules, ", ", recorded, ", ", actual, R"(,
       (SELECT t.spcname FROM pg_tablespace t WHERE t.oid = d.dattablespace),
       d.datconnlimit, d.datistemplate, d.datallowconn, shobj_description(d.oid, 'pg_database')
FROM pg_database d WHERE d.datname = current_database())");
}

constexpr const char* grants_sql = R"(
SELECT pg_get_userbyid(g.grantor), CASE g.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(g.grantee) END, g.privilege_type,
       g.is_grantable
FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS g
WHERE d.datname = current_database()
ORDER BY pg_get_userbyid(g.grantor)::text COLLATE "C", 2, g.privilege_type COLLATE "C")";

constexpr const char* labels_sql = R"(
SELECT l.provider, l.label FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid
WHERE l.classoid = 'pg_database'::regclass AND d.datname = current_database() ORDER BY l.provider COLLATE "C")";

// In the order in which they were made, which is that of a dump.
constexpr const char* settings_sql = R"(
SELECT CASE s.setrole WHEN 0 THEN '' ELSE pg_get_userbyid(s.setrole) END,
       left(c.text, strpos(c.text, '=') - 1), substr(c.text, strpos(c.text, '=') + 1)
FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
CROSS JOIN LATERAL unnest(s.setconfig) WITH ORDINALITY AS c(text, place)
WHERE d.datname = current_database() ORDER BY 1, c.place)";

constexpr const char* extensions_sql = R"(
SELECT e.extname, e.extversion, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
ORDER BY e.extname COLLATE "C")";

}  // namespace

PostgresDatabaseFacts read_properties(Connection& connection) {
  const Result row = connection.execute(database_sql(connection.server_version()));
  PostgresDatabaseFacts out;
  out.owner = row.text(0, 0);
  out.encoding = row.text(0, 1);
  out.collate = row.text(0, 2);
  out.ctype = row.text(0, 3);
  out.locale_provider = row.text(0, 4);
  out.locale = row.text(0, 5);
  out.icu_rules = row.text(0, 6);
  out.collation_version = row.text(0, 7);
  out.actual_collation_version = row.text(0, 8);
  out.tablespace = row.text(0, 9);
  out.connection_limit = row.integer(0, 10);
  out.is_template = row.boolean(0, 11);
  out.allow_connections = row.boolean(0, 12);
  out.comment = row.text(0, 13);
  const Result grants = connection.execute(grants_sql);
  for (int i = 0; i < grants.rows(); ++i) {
    out.grants.push_back({.grantor = grants.text(i, 0),
                          .grantee = grants.text(i, 1),
                          .privilege = grants.text(i, 2),
                          .grantable = grants.boolean(i, 3)});
  }
  const Result labels = connection.execute(labels_sql);
  for (int i = 0; i < labels.rows(); ++i) {
    out.labels.push_back({.provider = labels.text(i, 0), .label = labels.text(i, 1)});
  }
  const Result settings = connection.execute(settings_sql);
  for (int i = 0; i < settings.rows(); ++i) {
    out.settings.push_back({.role = settings.text(i, 0), .name = settings.text(i, 1), .value = settings.text(i, 2)});
  }
  const Result extensions = connection.execute(extensions_sql);
  for (int i = 0; i < extensions.rows(); ++i) {
    out.extensions.push_back(
        {.name = extensions.text(i, 0), .version = extensions.text(i, 1), .schema = extensions.text(i, 2)});
  }
  out.roles = read_roles(connection);
  return out;
}

}  // namespace dbrollback::database::postgres
