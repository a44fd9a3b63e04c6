#include "engine/database/postgres/empty_database.hpp"

namespace dbrollback::database::postgres {

namespace {

// OIDs below are the system's. Event triggers would fire for what follows. Whatever a statement takes along is not
// there any more for a later one: IF EXISTS.
constexpr const char* outside_schemas_sql = R"(
SELECT statement FROM (
  SELECT 1 AS place, format('DROP EVENT TRIGGER IF EXISTS %I CASCADE', evtname) AS statement, oid FROM pg_event_trigger
  UNION ALL SELECT 2, format('DROP PUBLICATION IF EXISTS %I CASCADE', pubname), oid FROM pg_publication
  UNION ALL SELECT 3, format('DROP EXTENSION IF EXISTS %I CASCADE', extname), oid FROM pg_extension
  UNION ALL SELECT 4, format('DROP SCHEMA IF EXISTS %I CASCADE', nspname), oid FROM pg_namespace
            WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_'
  UNION ALL SELECT 5, format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', fdwname), oid FROM pg_foreign_data_wrapper
  UNION ALL SELECT 6, format('DROP TRANSFORM IF EXISTS FOR %s LANGUAGE %I CASCADE', trftype::regtype,
                             (SELECT lanname FROM pg_language l WHERE l.oid = trflang)), oid FROM pg_transform
  UNION ALL SELECT 7, format('DROP LANGUAGE IF EXISTS %I CASCADE', lanname), oid FROM pg_language
  UNION ALL SELECT 8, format('DROP CAST IF EXISTS (%s AS %s) CASCADE', castsource::regtype, casttarget::regtype), oid
            FROM pg_cast
) AS each
WHERE oid >= 16384 ORDER BY place, oid)";

// Tables first: their sequences and the types of their rows go with them.
constexpr const char* in_public_sql = R"(
WITH relation AS (SELECT oid, relname AS name, relkind FROM pg_class WHERE relnamespace = to_regnamespace('public'))
SELECT statement FROM (
  SELECT 1 AS place, format('DROP TABLE IF EXISTS public.%I CASCADE', name) AS statement, oid FROM relation
         WHERE relkind IN ('r', 'p')
  UNION ALL SELECT 2, format('DROP FOREIGN TABLE IF EXISTS public.%I CASCADE', name), oid FROM relation WHERE relkind = 'f'
  UNION ALL SELECT 3, format('DROP MATERIALIZED VIEW IF EXISTS public.%I CASCADE', name), oid FROM relation
            WHERE relkind = 'm'
  UNION ALL SELECT 4, format('DROP VIEW IF EXISTS public.%I CASCADE', name), oid FROM relation WHERE relkind = 'v'
  UNION ALL SELECT 5, format('DROP SEQUENCE IF EXISTS public.%I CASCADE', name), oid FROM relation r
            WHERE relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                                                AND d.objid = r.oid AND d.deptype = 'i')
  UNION ALL SELECT 6, format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure), oid FROM pg_proc
            WHERE pronamespace = to_regnamespace('public')
  UNION ALL SELECT 7, format('DROP OPERATOR FAMILY IF EXISTS public.%I USING %I CASCADE', f.opfname, a.amname), f.oid
            FROM pg_opfamily f JOIN pg_am a ON a.oid = f.opfmethod WHERE f.opfnamespace = to_regnamespace('public')
  UNION ALL SELECT 8, format('DROP OPERATOR IF EXISTS %s CASCADE', oid::regoperator), oid FROM pg_operator
            WHERE oprnamespace = to_regnamespace('public')
  UNION ALL SELECT 9, format('DROP TYPE IF EXISTS public.%I CASCADE', t.typname), t.oid
            FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
            WHERE t.typnamespace = to_regnamespace('public') AND t.typtype <> 'm' AND t.typcategory <> 'A'
              AND coalesce(c.relkind, 'c') = 'c'
  UNION ALL SELECT 10, format('DROP TEXT SEARCH CONFIGURATION IF EXISTS public.%I CASCADE', cfgname), oid
            FROM pg_ts_config WHERE cfgnamespace = to_regnamespace('public')
  UNION ALL SELECT 11, format('DROP TEXT SEARCH DICTIONARY IF EXISTS public.%I CASCADE', dictname), oid
            FROM pg_ts_dict WHERE dictnamespace = to_regnamespace('public')
  UNION ALL SELECT 12, format('DROP TEXT SEARCH PARSER IF EXISTS public.%I CASCADE', prsname), oid
            FROM pg_ts_parser WHERE prsnamespace = to_regnamespace('public')
  UNION ALL SELECT 13, format('DROP TEXT SEARCH TEMPLATE IF EXISTS public.%I CASCADE', tmplname), oid
            FROM pg_ts_template WHERE tmplnamespace = to_regnamespace('public')
  UNION ALL SELECT 14, format('DROP COLLATION IF EXISTS public.%I CASCADE', collname), oid
            FROM pg_collation WHERE collnamespace = to_regnamespace('public')
  UNION ALL SELECT 15, format('DROP CONVERSION IF EXISTS public.%I CASCADE', conname), oid
            FROM pg_conversion WHERE connamespace = to_regnamespace('public')
  UNION ALL SELECT 16, format('DROP STATISTICS IF EXISTS public.%I CASCADE', stxname), oid
            FROM pg_statistic_ext WHERE stxnamespace = to_regnamespace('public')
) AS each
ORDER BY place, oid)";

// After all that is made with them.
constexpr const char* access_methods_sql =
    "SELECT format('DROP ACCESS METHOD IF EXISTS %I CASCADE', amname) FROM pg_am WHERE oid >= 16384";

// Default privileges of no schema: those that nobody has changed are those of the server.
constexpr const char* default_privileges_sql = R"(
SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I %s', pg_get_userbyid(d.defaclrole), each.change)
FROM pg_default_acl d
CROSS JOIN LATERAL (VALUES (CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES'
                                                 WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END)) AS kind(name)
CROSS JOIN LATERAL (
  SELECT 1 AS place, format('REVOKE ALL ON %s FROM %s', kind.name,
                            CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END) AS change
  FROM (SELECT DISTINCT grantee FROM aclexplode(d.defaclacl)) AS g
  UNION ALL SELECT 2, format('GRANT ALL ON %s TO %I', kind.name, pg_get_userbyid(d.defaclrole))
  UNION ALL SELECT 3, format('GRANT ALL ON %s TO PUBLIC', kind.name) WHERE d.defaclobjtype IN ('f', 'T')) AS each
WHERE d.defaclnamespace = 0 ORDER BY d.oid, each.place)";

// What initdb gave it.
constexpr const char* public_sql = R"(
SELECT statement FROM (
  SELECT 1 AS place, 'CREATE SCHEMA public' AS statement WHERE to_regnamespace('public') IS NULL
  UNION ALL
  SELECT 2, format('ALTER SCHEMA public OWNER TO %I', should.owner)
  FROM (SELECT CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'pg_database_owner'
                    ELSE pg_get_userbyid(10) END AS owner) AS should
  WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public' AND pg_get_userbyid(nspowner) = should.owner)
  UNION ALL
  SELECT 3, format('REVOKE ALL ON SCHEMA public FROM %s',
                   CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
  FROM pg_namespace n CROSS JOIN LATERAL (SELECT DISTINCT grantee FROM aclexplode(n.nspacl)) AS g
  WHERE n.nspname = 'public'
  UNION ALL
  SELECT 4, format('GRANT %s ON SCHEMA public TO %s', g.privilege_type,
                   CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
  FROM pg_init_privs p CROSS JOIN LATERAL aclexplode(p.initprivs) AS g
  WHERE p.classoid = 'pg_namespace'::regclass AND p.objoid = to_regnamespace('public')::oid AND p.privtype = 'i'
  UNION ALL
  SELECT 5, format('COMMENT ON SCHEMA public IS %L', standard)
  FROM (VALUES ('standard public schema')) AS comment(standard)
  WHERE obj_description(to_regnamespace('public')::oid, 'pg_namespace') IS DISTINCT FROM standard
) AS each
ORDER BY place)";

}  // namespace

void empty_database(Statements& statements) {
  statements.run_each(outside_schemas_sql, false);
  statements.run_each(in_public_sql, false);
  statements.run_each(access_methods_sql, false);
  statements.run("SELECT count(lo_unlink(oid)) FROM pg_largeobject_metadata");
  statements.run_each(default_privileges_sql, false);
  statements.run_each(public_sql, false);
}

}  // namespace dbrollback::database::postgres
