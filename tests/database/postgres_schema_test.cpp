// What a PostgreSQL server says of its schemas: the same for the same, and nothing secret.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "engine/base/text.hpp"
#include "engine/database/postgres/read_properties.hpp"
#include "engine/database/postgres/read_schema.hpp"
#include "tests/database/postgres_world.hpp"
#include "tests/support/postgres_server.hpp"

namespace dbrollback::database::postgres {
namespace {

using base::cat;
using test::PostgresServer;
namespace fs = std::filesystem;

class PostgresSchema : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = PostgresServer::missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    for (const std::string role : {"schema_reader", "schema_writer", "schema_plain LOGIN", "schema_super SUPERUSER"}) {
      const std::string name = role.substr(0, role.find(' '));
      if (!open("postgres").value("SELECT 1 FROM pg_roles WHERE rolname = $1", {name})) {
        (void)open("postgres").execute("CREATE ROLE " + role);
      }
    }
  }

  // Databases of earlier tests of this process are no hindrance.
  static std::string fresh(const std::string& options = "") {
    static int number = 0;
    std::string name = cat("schema_test_", ++number);
    (void)open("postgres").execute(cat("CREATE DATABASE ", name, " TEMPLATE template0 ", options));
    return name;
  }
  static Connection open(const std::string& database, const std::string& user = "postgres") {
    return {Parameters::parse(PostgresServer::shared().url(database, user)), {}};
  }
  static schema::Schema schema_of(Connection& connection) {
    return {.objects = read_objects(connection), .tables = {}};
  }
  static schema::Schema schema_of(const std::string& database) {
    Connection connection = open(database);
    return schema_of(connection);
  }
  static std::string text_of(const std::string& database) { return canonical_text(schema_of(database)); }

  static void build(const std::string& database, bool backwards = false) {
    Connection connection = open(database);
    for (auto step : test::every_kind) {
      if (backwards) {
        std::ranges::reverse(step);
      }
      for (const auto& statement : step) {
        (void)connection.execute(statement);
      }
    }
  }
  static void expect_same(const schema::Schema& a, const schema::Schema& b) {
    if (canonical_text(a) == canonical_text(b)) {
      return;
    }
    std::map<std::pair<std::string, std::string>, std::string> before;
    for (const auto& object : a.objects) {
      before[{object.kind, object.name}] = object.sql;
    }
    for (const auto& object : b.objects) {
      EXPECT_EQ((before[{object.kind, object.name}]), object.sql) << object.kind << " " << object.name;
      before.erase({object.kind, object.name});
    }
    for (const auto& [key, sql] : before) {
      ADD_FAILURE() << key.first << " " << key.second << " is not in the other: " << sql;
    }
    ADD_FAILURE() << "the schemas differ";
  }
};

// As servers since the minor releases of November 2026 keep it, in a column's options.
TEST_F(PostgresSchema, LeavesOutWhatTheServerKeepsForItself) {
  const std::string database = fresh();
  Connection connection = open(database);
  (void)connection.execute("CREATE TABLE public.t (a int, b int); ALTER TABLE public.t ALTER b SET (n_distinct = 7)");
  const auto keep = [&](const std::string& version) {
    (void)connection.execute("UPDATE pg_attribute SET attoptions = ARRAY['pg_attver=" + version +
                             "'] || CASE WHEN attname = 'b' THEN ARRAY['n_distinct=7'] END "
                             "WHERE attrelid = 'public.t'::regclass AND attnum > 0");
    return canonical_text(schema_of(connection));
  };
  const std::string once = keep("1");
  EXPECT_EQ(keep("2"), once);
  EXPECT_EQ(once.find("pg_attver"), std::string::npos);
  EXPECT_NE(once.find("n_distinct=7"), std::string::npos);
}

TEST_F(PostgresSchema, IsTheSameForTheSameStatementsInAnotherOrder) {
  const std::string one = fresh();
  const std::string other = fresh();
  build(one);
  (void)open("postgres").execute("CREATE TABLE public.moves_oids (id serial)");
  build(other, true);
  expect_same(schema_of(one), schema_of(other));
}

TEST_F(PostgresSchema, HasEveryKindUnderANameOfItsOwn) {
  const std::string database = fresh();
  build(database);
  std::set<std::string> kinds;
  std::set<std::pair<std::string, std::string>> names;
  for (const auto& object : schema_of(database).objects) {
    kinds.insert(object.kind);
    EXPECT_TRUE(names.insert({object.kind, object.name}).second) << object.kind << " " << object.name;
    EXPECT_FALSE(object.sql.empty()) << object.kind << " " << object.name;
  }
  const std::set<std::string> expected = {"access method",
                                          "aggregate",
                                          "cast",
                                          "collation",
                                          "constraint",
                                          "conversion",
                                          "default privileges",
                                          "domain",
                                          "event trigger",
                                          "extension",
                                          "foreign data wrapper",
                                          "foreign table",
                                          "function",
                                          "grants on function",
                                          "index",
                                          "materialized view",
                                          "operator",
                                          "operator class",
                                          "operator family",
                                          "policy",
                                          "procedure",
                                          "publication",
                                          "rule",
                                          "schema",
                                          "sequence",
                                          "server",
                                          "statistics",
                                          "subscription",
                                          "table",
                                          "text search configuration",
                                          "text search dictionary",
                                          "text search parser",
                                          "text search template",
                                          "trigger",
                                          "type",
                                          "user mapping",
                                          "view"};
  EXPECT_EQ(kinds, expected);
  EXPECT_TRUE(names.contains({"table", "\"Quoted \"\"schema\".order"}));
  EXPECT_TRUE(names.contains({"trigger", "fires on s.t"}));
  EXPECT_TRUE(names.contains({"operator", "s.=== (s.pair, s.pair)"}));
}

TEST_F(PostgresSchema, IsChangedByEverySingleChange) {
  const std::string database = fresh();
  build(database);
  Connection connection = open(database);
  const int version = connection.server_version();
  const std::string before = canonical_text(schema_of(connection));
  std::size_t tried = 0;
  for (const auto& change : test::single_changes) {
    (void)connection.execute("BEGIN");
    try {
      (void)connection.execute(change);
      EXPECT_NE(canonical_text(schema_of(connection)), before) << change;
      ++tried;
    } catch (const Error& error) {
      EXPECT_LT(version, 140000) << change << ": " << error.what();  // what an old server cannot do yet
    }
    (void)connection.execute("ROLLBACK");
  }
  EXPECT_EQ(canonical_text(schema_of(connection)), before);
  EXPECT_GE(tried, 60U);
}

TEST_F(PostgresSchema, IsNotChangedByDataNorByWhatIsTemporary) {
  const std::string database = fresh();
  build(database);
  const std::string before = text_of(database);
  Connection connection = open(database);
  (void)connection.execute(
      "INSERT INTO s.parent VALUES (1); INSERT INTO s.fast (v) VALUES ('v'); SELECT nextval('s.numbers');"
      "REFRESH MATERIALIZED VIEW s.matview; ANALYZE; CREATE TEMPORARY TABLE gone (id serial PRIMARY KEY);"
      "CREATE TEMPORARY VIEW looks AS SELECT * FROM gone; SELECT lo_create(0)");
  expect_same({.objects = read_objects(connection), .tables = {}}, schema_of(database));
  EXPECT_EQ(canonical_text(schema_of(connection)), before);
}

TEST_F(PostgresSchema, IsTheSameInACopy) {
  const std::string database = fresh();
  const std::string copy = fresh();
  build(database);
  if (const std::string failed = PostgresServer::shared().copy(database, copy); !failed.empty()) {
    ASSERT_NE(failed.find("server version mismatch"), std::string::npos) << failed;
    GTEST_SKIP() << "no pg_dump of this server's version";
  }
  expect_same(schema_of(database), schema_of(copy));
}

TEST_F(PostgresSchema, OfPagilaIsTheSameInItsCopy) {
  fs::path data;
  for (fs::path folder = fs::canonical("/proc/self/exe"); folder.has_relative_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "shared/data/pagila-schema.sql")) {
      data = folder / "shared/data";
    }
  }
  if (data.empty()) {
    GTEST_SKIP() << "no shared/data/pagila-schema.sql above the program";
  }
  const PostgresServer& server = PostgresServer::shared();
  for (const char* const file : {"pagila-schema.sql", "chinook-postgres.sql"}) {
    const std::string database = fresh();
    const std::string copy = fresh();
    const std::string loaded = server.client("psql", {"-qX", "-d", server.url(database), "-f", (data / file).native()});
    ASSERT_EQ(loaded, "");
    if (const std::string failed = server.copy(database, copy); !failed.empty()) {
      ASSERT_NE(failed.find("server version mismatch"), std::string::npos) << failed;
      GTEST_SKIP() << "no pg_dump of this server's version";
    }
    expect_same(schema_of(database), schema_of(copy));
  }
}

TEST_F(PostgresSchema, HoldsNoSecretForAnybody) {
  const std::string database = fresh();
  build(database);
  for (const char* const user : {"postgres", "schema_plain"}) {
    Connection connection = open(database, user);
    const std::string text = canonical_text(schema_of(connection));
    EXPECT_EQ(text.find("secret"), std::string::npos) << user;
    EXPECT_EQ(text.find("nowhere.example"), std::string::npos) << user;
    EXPECT_NE(text.find("SUBSCRIPTION TO"), std::string::npos) << user;
  }
}

TEST_F(PostgresSchema, PropertiesAreThoseOfTheDatabase) {
  const std::string database =
      fresh("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' OWNER schema_writer CONNECTION LIMIT 7");
  (void)open("postgres").execute(cat("COMMENT ON DATABASE ", database, " IS 'it''s'"));
  (void)open("postgres").execute(cat("ALTER DATABASE ", database, " SET search_path = s, \"a b\""));
  (void)open("postgres").execute(cat("ALTER DATABASE ", database, " SET app.key = 'a=b'"));
  (void)open("postgres").execute(cat("ALTER ROLE schema_reader IN DATABASE ", database, " SET work_mem = '5MB'"));
  (void)open("postgres").execute(cat("GRANT CREATE ON DATABASE ", database, " TO schema_reader WITH GRANT OPTION"));
  (void)open(database).execute("CREATE TABLE public.t (a int); GRANT SELECT (a) ON public.t TO pg_monitor");
  for (const char* const user : {"postgres", "schema_plain"}) {
    Connection connection = open(database, user);
    const PostgresDatabaseFacts facts = read_properties(connection);
    EXPECT_EQ(facts.owner, "schema_writer");
    EXPECT_EQ(facts.encoding, "LATIN1");
    EXPECT_EQ(facts.collate, "C");
    EXPECT_EQ(facts.locale_provider, "libc");
    EXPECT_EQ(facts.tablespace, "pg_default");
    EXPECT_EQ(facts.connection_limit, 7);
    EXPECT_TRUE(facts.allow_connections && !facts.is_template);
    EXPECT_EQ(facts.comment, "it's");
    const std::vector<PostgresSetting> settings = {{.role = "", .name = "search_path", .value = "s, \"a b\""},
                                                   {.role = "", .name = "app.key", .value = "a=b"},
                                                   {.role = "schema_reader", .name = "work_mem", .value = "5MB"}};
    EXPECT_EQ(facts.settings, settings);
    const PostgresGrant granted{
        .grantor = "schema_writer", .grantee = "schema_reader", .privilege = "CREATE", .grantable = true};
    const PostgresGrant everybody{
        .grantor = "schema_writer", .grantee = "", .privilege = "CONNECT", .grantable = false};
    EXPECT_EQ(std::ranges::count(facts.grants, granted), 1);
    EXPECT_EQ(std::ranges::count(facts.grants, everybody), 1);
    for (const char* const role : {"pg_monitor", "postgres", "schema_reader", "schema_writer"}) {
      EXPECT_EQ(std::ranges::count(facts.roles, role), 1) << role;
    }
    EXPECT_EQ(std::ranges::count(facts.roles, "schema_super"), 0);
    const PostgresExtension language{.name = "plpgsql", .version = "1.0", .schema = "pg_catalog"};
    EXPECT_EQ(facts.extensions, std::vector{language});
  }
}

}  // namespace
}  // namespace dbrollback::database::postgres
