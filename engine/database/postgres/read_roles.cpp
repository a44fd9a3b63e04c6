#include "engine/base/text.hpp"
#include "engine/database/postgres/read_properties.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

struct Catalog {
  const char* name;
  const char* owner;   // column; null: nobody owns them
  const char* grants;  // column; null: nobody grants anything on them
};

constexpr Catalog catalogs[] = {
    {"pg_class", "relowner", "relacl"},
    {"pg_proc", "proowner", "proacl"},
    {"pg_type", "typowner", "typacl"},
    {"pg_language", "lanowner", "lanacl"},
    {"pg_foreign_data_wrapper", "fdwowner", "fdwacl"},
    {"pg_foreign_server", "srvowner", "srvacl"},
    {"pg_largeobject_metadata", "lomowner", "lomacl"},
    {"pg_default_acl", "defaclrole", "defaclacl"},
    {"pg_operator", "oprowner", nullptr},
    {"pg_opclass", "opcowner", nullptr},
    {"pg_opfamily", "opfowner", nullptr},
    {"pg_collation", "collowner", nullptr},
    {"pg_conversion", "conowner", nullptr},
    {"pg_ts_dict", "dictowner", nullptr},
    {"pg_ts_config", "cfgowner", nullptr},
    {"pg_statistic_ext", "stxowner", nullptr},
    {"pg_event_trigger", "evtowner", nullptr},
    {"pg_publication", "pubowner", nullptr},
};

// pg_shdepend has what is said of roles that somebody made, on the system's objects too, but not of those that every
// server has: the first superuser and pg_….
std::string roles_sql() {
  std::string sql = R"(
SELECT refobjid FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass
  AND (dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) OR dbid = 0
       AND classid = 'pg_database'::regclass AND objid = (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION SELECT datdba FROM pg_database WHERE datname = current_database()
UNION SELECT unnest(ARRAY[g.grantor, g.grantee]) FROM pg_database d CROSS JOIN LATERAL aclexplode(d.datacl) AS g
  WHERE d.datname = current_database()
UNION SELECT setrole FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()
UNION SELECT unnest(polroles) FROM pg_policy
UNION SELECT unnest(ARRAY[g.grantor, g.grantee]) FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) AS g
  WHERE a.attrelid >= 16384
UNION SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = 'public' OR n.oid >= 16384
UNION SELECT unnest(ARRAY[g.grantor, g.grantee]) FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) AS g
  WHERE n.nspname = 'public' OR n.oid >= 16384)";
  for (const Catalog& catalog : catalogs) {
    sql += cat("\nUNION SELECT x.", catalog.owner, " FROM ", catalog.name, " x WHERE x.oid >= 16384");
    if (catalog.grants != nullptr) {
      sql += cat("\nUNION SELECT unnest(ARRAY[g.grantor, g.grantee]) FROM ", catalog.name,
                 " x CROSS JOIN LATERAL aclexplode(x.", catalog.grants, ") AS g WHERE x.oid >= 16384");
    }
  }
  return cat("SELECT r.rolname FROM pg_roles r WHERE r.oid IN (", sql, ") ORDER BY r.rolname COLLATE \"C\"");
}

}  // namespace

std::vector<std::string> read_roles(Connection& connection) {
  const Result rows = connection.execute(roles_sql());
  std::vector<std::string> out(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    out[static_cast<std::size_t>(row)] = rows.text(row, 0);
  }
  return out;
}

}  // namespace dbrollback::database::postgres
