#include "schema/statement_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

namespace dbrollback::schema {
namespace {

using Names = std::vector<std::string>;

StatementFacts postgres(const std::string& text) { return facts_of(Dialect::postgres, {.text = text}); }
StatementFacts sqlite(const std::string& text) { return facts_of(Dialect::sqlite, {.text = text}); }

// "kind object", sorted.
Names warnings(const StatementFacts& facts) {
  Names out;
  for (const Warning& warning : facts.warnings) {
    EXPECT_FALSE(warning.text.empty());
    out.push_back(warning.kind + " " + warning.object);
  }
  std::ranges::sort(out);
  return out;
}

using Table = std::vector<std::pair<std::string, std::string>>;

TEST(StatementFacts, KindOfPostgres) {
  for (const auto& [text, kind] : Table{
           {"create unique index concurrently if not exists a_b on s.a (b)", "CREATE UNIQUE INDEX CONCURRENTLY a_b"},
           {"CREATE INDEX CONCURRENTLY ON a (b)", "CREATE INDEX CONCURRENTLY"},
           {"ALTER TABLE IF EXISTS ONLY s.\"Or;ders\" ADD b int", "ALTER TABLE s.Or;ders"},
           {"ALTER TABLE data DROP c", "ALTER TABLE data"},
           {"update only Orders set a = 1", "UPDATE orders"},
           {"UPDATE type SET a = 1", "UPDATE type"},
           {"WITH x AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM x", "INSERT INTO b"},
           {"WITH x AS (SELECT 1) SELECT * FROM x", "SELECT"},
           {"/* a */ DELETE FROM a", "DELETE FROM a"},
           {"DROP TABLE IF EXISTS a, b", "DROP TABLE a"},
           {"CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE OR REPLACE FUNCTION s.f"},
           {"DO $$BEGIN END$$", "DO"},
           {"SET search_path = a", "SET search_path"},
           {"SET LOCAL lock_timeout = '1s'", "SET LOCAL lock_timeout"},
           {"COMMENT ON COLUMN a.b IS 'x'", "COMMENT ON COLUMN a.b"},
           {"REINDEX (VERBOSE) TABLE CONCURRENTLY a", "REINDEX TABLE CONCURRENTLY a"},
           {"VACUUM (FULL) a", "VACUUM a"},
           {"CREATE MATERIALIZED VIEW v AS SELECT 1", "CREATE MATERIALIZED VIEW v"},
           {"CREATE FOREIGN DATA WRAPPER w", "CREATE FOREIGN DATA WRAPPER w"},
           {"COPY a FROM STDIN", "COPY a"},
           {"ROLLBACK TO SAVEPOINT x", "ROLLBACK TO SAVEPOINT x"},
           {"ALTER SYSTEM SET a = 1", "ALTER SYSTEM"},
           {"GRANT ALL ON a TO b", "GRANT"},
           {"CREATE CAST (a AS b) WITHOUT FUNCTION", "CREATE CAST"},
           {"nonsense a", "NONSENSE"},
           {"", ""},
           {"(SELECT 1)", "("},
       }) {
    EXPECT_EQ(postgres(text).kind, kind) << text;
  }
}

TEST(StatementFacts, RefusesTransaction) {
  for (const char* text : {
           "CREATE INDEX CONCURRENTLY i ON a (b)",
           "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)",
           "DROP INDEX CONCURRENTLY i",
           "REINDEX INDEX CONCURRENTLY i",
           "REINDEX (CONCURRENTLY) TABLE a",
           "REINDEX SCHEMA s",
           "REINDEX DATABASE d",
           "REINDEX SYSTEM d",
           "VACUUM",
           "VACUUM FULL a",
           "CREATE DATABASE d",
           "DROP DATABASE IF EXISTS d",
           "CREATE TABLESPACE t LOCATION '/t'",
           "DROP TABLESPACE t",
           "ALTER SYSTEM SET a = 1",
           "ALTER SYSTEM RESET ALL",
           "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
           "ALTER TYPE e ADD VALUE 'x'",
           "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x' BEFORE 'y'",
           "CLUSTER",
           "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
           "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
           "ALTER SUBSCRIPTION s ADD PUBLICATION p",
           "DROP SUBSCRIPTION s",
           "ALTER DATABASE d SET TABLESPACE t",
           "DISCARD ALL",
           "COMMIT PREPARED 'x'",
           "ROLLBACK PREPARED 'x'",
       }) {
    EXPECT_TRUE(postgres(text).refuses_transaction) << text;
    EXPECT_TRUE(postgres(std::string(text) + " ??").refuses_transaction || std::string(text) == "CLUSTER") << text;
  }
}

TEST(StatementFacts, RunsInTransaction) {
  for (const char* text : {
           "CREATE INDEX i ON a (b)",
           "DROP INDEX i",
           "REINDEX TABLE a",
           "REINDEX (CONCURRENTLY off) TABLE a",
           "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
           "ANALYZE a",
           "ALTER TABLE a DETACH PARTITION b",
           "ALTER TYPE e RENAME VALUE 'x' TO 'y'",
           "ALTER TYPE t ADD ATTRIBUTE a int",
           "CLUSTER a USING i",
           "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
           "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (create_slot = 0)",
           "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = off)",
           "ALTER SUBSCRIPTION s DISABLE",
           "ALTER DATABASE d SET a = 1",
           "DISCARD TEMP",
           "DO $$BEGIN EXECUTE 'VACUUM'; END$$",
           "SELECT 'CREATE INDEX CONCURRENTLY'",
           "COMMIT",
       }) {
    EXPECT_FALSE(postgres(text).refuses_transaction) << text;
  }
}

TEST(StatementFacts, SaysLessOfWhatTheParserCannotRead) {
  const auto facts = postgres("DROP INDEX CONCURRENTLY a WITH (something = new)");
  EXPECT_EQ(facts.kind, "DROP INDEX CONCURRENTLY a");
  EXPECT_TRUE(facts.refuses_transaction);
  EXPECT_EQ(postgres("COMMIT AND SOMETHING NEW").control, Control::commit);
  EXPECT_EQ(postgres("SELECT 'open").kind, "");
}

TEST(StatementFacts, ControlOfTransactions) {
  const std::vector<std::pair<std::string, Control>> both{
      {"BEGIN", Control::begin},
      {"begin transaction", Control::begin},
      {"COMMIT", Control::commit},
      {"END", Control::commit},
      {"/* x */ Commit", Control::commit},
      {"ROLLBACK", Control::rollback},
      {"SAVEPOINT a", Control::savepoint},
      {"RELEASE a", Control::savepoint},
      {"ROLLBACK TO a", Control::savepoint},
      {"SELECT 'COMMIT'", Control::none},
      {"\"commit\"", Control::none},
      {"", Control::none},
  };
  for (const auto& [text, control] : both) {
    EXPECT_EQ(postgres(text).control, control) << text;
    EXPECT_EQ(sqlite(text).control, control) << text;
  }
  for (const auto& [text, control] : std::vector<std::pair<std::string, Control>>{
           {"START TRANSACTION READ ONLY", Control::begin},
           {"ABORT", Control::rollback},
           {"ROLLBACK AND CHAIN", Control::rollback},
           {"PREPARE TRANSACTION 'x'", Control::commit},
           {"COMMIT PREPARED 'x'", Control::none},
           {"PREPARE x AS SELECT 1", Control::none},
           {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", Control::none},
           {"DO $$BEGIN COMMIT; END$$", Control::none},
       }) {
    EXPECT_EQ(postgres(text).control, control) << text;
  }
  EXPECT_EQ(sqlite("BEGIN IMMEDIATE").control, Control::begin);
  EXPECT_EQ(sqlite("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END").control, Control::none);
}

TEST(StatementFacts, SettingsOfTheSession) {
  for (const auto& [text, name] : Table{
           {"SET search_path = a, b", "search_path"},
           {"SET SESSION Lock_Timeout TO '1s'", "lock_timeout"},
           {"RESET search_path", "search_path"},
           {"RESET ALL", ""},
           {"SET ROLE x", "role"},
           {"SET SESSION AUTHORIZATION x", "session_authorization"},
           {"SET TIME ZONE 'UTC'", "timezone"},
           {"SELECT pg_catalog.set_config('search_path', '', false)", "search_path"},
       }) {
    EXPECT_TRUE(postgres(text).is_session_setting) << text;
    EXPECT_EQ(postgres(text).sets, name) << text;
  }
  for (const char* text :
       {"SET LOCAL search_path = a", "SELECT set_config('search_path', '', true)", "SET TRANSACTION READ ONLY",
        "SET CONSTRAINTS ALL DEFERRED", "SELECT set_config(a) FROM b", "ALTER DATABASE d SET a = 1"}) {
    EXPECT_FALSE(postgres(text).is_session_setting) << text;
  }
}

TEST(StatementFacts, TheIndexThatMayBeInvalid) {
  const auto named = postgres("CREATE INDEX CONCURRENTLY IF NOT EXISTS \"I x\" ON \"S\".orders (a)");
  EXPECT_EQ(named.index, "I x");
  EXPECT_EQ(named.index_table, "\"S\".orders");
  EXPECT_TRUE(named.if_not_exists);
  const auto unnamed = postgres("CREATE INDEX CONCURRENTLY ON ONLY \"user\" (a)");
  EXPECT_EQ(unnamed.index, "");
  EXPECT_EQ(unnamed.index_table, "\"user\"");
  EXPECT_FALSE(unnamed.if_not_exists);
  EXPECT_EQ(postgres("CREATE INDEX i ON a (b)").index, std::nullopt);
}

TEST(StatementFacts, TablesThatAreDroppedOrWritten) {
  EXPECT_EQ(postgres("DROP TABLE a, s.\"B c\"").drops_tables, (Names{"a", "s.B c"}));
  EXPECT_EQ(postgres("DROP VIEW a").drops_tables, Names{});
  for (const auto& [text, tables] : std::map<std::string, Names>{
           {"INSERT INTO s.a VALUES (1), (2)", {"s.a"}},
           {"INSERT INTO a SELECT * FROM b", {"a"}},
           {"UPDATE a SET b = 1 WHERE c", {"a"}},
           {"DELETE FROM a USING b WHERE true", {"a"}},
           {"WITH x AS (DELETE FROM a WHERE b RETURNING *), y AS (UPDATE a SET b = 1 WHERE c) INSERT INTO d SELECT 1",
            {"a", "d"}},
           {"WITH x AS (INSERT INTO a VALUES (1) RETURNING *) SELECT * FROM x", {"a"}},
           {"TRUNCATE a, s.b", {"a", "s.b"}},
           {"COPY a (b) FROM STDIN", {"a"}},
           {"COPY a TO STDOUT", {}},
           {"MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE", {"a"}},
           {"CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)", {}},
           {"CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM a; END", {}},
       }) {
    auto written = postgres(text).writes_tables;
    std::ranges::sort(written);
    EXPECT_EQ(written, tables) << text;
  }
}

TEST(StatementFacts, WarningsOfPostgres) {
  for (const auto& [text, expected] : std::map<std::string, Names>{
           {"DROP TABLE a, s.b", {"drops a", "drops s.b"}},
           {"DROP TABLE a CASCADE", {"cascade a", "drops a"}},
           {"DROP SCHEMA a", {"drops a"}},
           {"DROP TYPE s.a", {"drops s.a"}},
           {"DROP SEQUENCE a", {"drops a"}},
           {"DROP MATERIALIZED VIEW a", {"drops a"}},
           {"DROP DATABASE a", {"drops a"}},
           {"DROP OWNED BY a CASCADE", {"cascade a", "drops a"}},
           {"DROP VIEW a", {}},
           {"DROP FUNCTION f(int) CASCADE", {"cascade f"}},
           {"DROP INDEX i", {"blocks i"}},
           {"DROP INDEX CONCURRENTLY i", {}},
           {"TRUNCATE a", {"deletes a"}},
           {"TRUNCATE a CASCADE", {"cascade a", "deletes a"}},
           {"DELETE FROM a", {"deletes a"}},
           {"DELETE FROM a USING b", {"deletes a"}},
           {"DELETE FROM a WHERE b", {}},
           {"UPDATE s.a SET b = (SELECT 1 WHERE true)", {"deletes s.a"}},
           {"WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", {"deletes a"}},
           {"ALTER TABLE a DROP COLUMN b, DROP c CASCADE", {"cascade a.c", "drops a.b", "drops a.c"}},
           {"ALTER TABLE a DROP CONSTRAINT b CASCADE", {"cascade a.b"}},
           {"ALTER TABLE a ALTER b SET NOT NULL", {"blocks a.b"}},
           {"ALTER TABLE a ALTER b DROP NOT NULL", {}},
           {"ALTER TABLE a ADD b timestamptz NOT NULL DEFAULT now()", {}},
           {"ALTER TABLE a ADD b timestamptz DEFAULT CURRENT_TIMESTAMP", {}},
           {"ALTER TABLE a ADD b text DEFAULT lower('X')", {}},
           {"ALTER TABLE a ADD b uuid DEFAULT gen_random_uuid()", {"blocks a.b"}},
           {"ALTER TABLE a ADD b timestamptz DEFAULT now() + random() * '1s'::interval", {"blocks a.b"}},
           {"ALTER TABLE a ADD b serial", {"blocks a.b"}},
           {"ALTER TABLE a ADD b int GENERATED ALWAYS AS IDENTITY", {"blocks a.b"}},
           {"ALTER TABLE a ADD b int GENERATED ALWAYS AS (c + 1) STORED", {"blocks a.b"}},
           {"ALTER TABLE a ADD b int UNIQUE", {"blocks a.b"}},
           {"ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c", {"blocks a"}},
           {"ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c NOT VALID", {}},
           {"ALTER TABLE a ADD CHECK (b > 1)", {"blocks a"}},
           {"ALTER TABLE a ADD CHECK (b > 1) NOT VALID", {}},
           {"ALTER TABLE a VALIDATE CONSTRAINT b", {}},
           {"ALTER TABLE a ADD PRIMARY KEY (b)", {"blocks a"}},
           {"ALTER TABLE a ADD PRIMARY KEY USING INDEX i", {}},
           {"ALTER TABLE a SET UNLOGGED", {"blocks a"}},
           {"ALTER TABLE a RENAME TO b", {"renames a"}},
           {"ALTER TABLE a RENAME b TO c", {"renames a.b"}},
           {"ALTER TABLE a RENAME CONSTRAINT b TO c", {}},
           {"ALTER TABLE a SET SCHEMA b", {"renames a"}},
           {"ALTER SCHEMA a RENAME TO b", {"renames a"}},
           {"ALTER TYPE a DROP ATTRIBUTE b", {"drops a.b"}},
           {"CREATE INDEX ON s.a (b)", {"blocks s.a"}},
           {"CREATE INDEX CONCURRENTLY ON a (b)", {}},
           {"REINDEX TABLE a", {"blocks a"}},
           {"REINDEX TABLE CONCURRENTLY a", {}},
           {"REINDEX SCHEMA s", {"blocks s"}},
           {"VACUUM FULL a", {"blocks a"}},
           {"VACUUM FULL", {"blocks "}},
           {"VACUUM a", {}},
           {"CLUSTER a USING i", {"blocks a"}},
           {"LOCK TABLE a, b", {"blocks a", "blocks b"}},
           {"REFRESH MATERIALIZED VIEW v", {"blocks v"}},
           {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", {}},
           {"CREATE TABLE a (b int PRIMARY KEY)", {}},
           {"INSERT INTO a VALUES (1)", {}},
       }) {
    EXPECT_EQ(warnings(postgres(text)), expected) << text;
  }
}

TEST(StatementFacts, NewTypesOfColumns) {
  for (const auto& [type, expected] : Table{
           {"varchar(20)", "character varying(20)"},
           {"numeric(10,2)", "numeric(10,2)"},
           {"int", "integer"},
           {"bigint[][]", "bigint[]"},
           {"timestamptz(3)", "timestamp(3) with time zone"},
           {"timestamp", "timestamp without time zone"},
           {"double precision", "double precision"},
           {"char", "character(1)"},
           {"\"char\"", "\"char\""},
           {"interval(3)", "interval"},
           {"s.mood", "s.mood"},
           {"text", "text"},
       }) {
    const auto facts = postgres("ALTER TABLE s.a ALTER COLUMN b TYPE " + type);
    ASSERT_EQ(facts.retyped.size(), 1);
    EXPECT_EQ(facts.retyped[0].table, "s.a");
    EXPECT_EQ(facts.retyped[0].column, "b");
    EXPECT_EQ(facts.retyped[0].type, expected);
    EXPECT_EQ(warnings(facts), Names{"narrows s.a.b"});
    EXPECT_NE(facts.warnings[0].text.find(expected + ": may lose precision or fail"), std::string::npos);
  }
}

TEST(StatementFacts, KindOfSqlite) {
  for (const auto& [text, kind] : Table{
           {"create table if not exists [Or;ders] (a)", "CREATE TABLE Or;ders"},
           {"CREATE VIRTUAL TABLE a USING fts5(b)", "CREATE VIRTUAL TABLE a"},
           {"CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END", "CREATE TEMP TRIGGER r"},
           {"INSERT OR IGNORE INTO main.a VALUES (1)", "INSERT OR IGNORE INTO main.a"},
           {"REPLACE INTO `a``b` VALUES (1)", "REPLACE INTO a`b"},
           {"DROP TABLE 'a'", "DROP TABLE a"},
           {"WITH x AS (SELECT 1) UPDATE a SET b = 1", "UPDATE a"},
           {"PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys"},
           {"ALTER TABLE a RENAME TO b", "ALTER TABLE a"},
       }) {
    EXPECT_EQ(sqlite(text).kind, kind) << text;
  }
  EXPECT_TRUE(sqlite("CREATE TABLE IF NOT EXISTS a (b)").if_not_exists);
  EXPECT_FALSE(sqlite("DROP TABLE IF EXISTS a").if_not_exists);
}

TEST(StatementFacts, PragmasOfSqlite) {
  const auto keys = sqlite("PRAGMA main.Foreign_Keys = OFF");
  EXPECT_TRUE(keys.refuses_transaction);
  EXPECT_TRUE(keys.is_session_setting);
  EXPECT_EQ(keys.sets, "foreign_keys");
  EXPECT_TRUE(sqlite("PRAGMA journal_mode(WAL)").refuses_transaction);
  EXPECT_EQ(sqlite("PRAGMA user_version = 3").sets, "user_version");
  EXPECT_FALSE(sqlite("PRAGMA user_version = 3").refuses_transaction);
  for (const char* text : {"PRAGMA foreign_keys", "PRAGMA table_info(a)", "PRAGMA foreign_key_check"}) {
    EXPECT_FALSE(sqlite(text).is_session_setting) << text;
    EXPECT_FALSE(sqlite(text).refuses_transaction) << text;
  }
  for (const char* text : {"VACUUM", "VACUUM INTO 'x'", "ATTACH 'x' AS y", "DETACH y"}) {
    EXPECT_TRUE(sqlite(text).refuses_transaction) << text;
  }
}

TEST(StatementFacts, WhatSqliteDestroys) {
  for (const auto& [text, expected] : std::map<std::string, Names>{
           {"DROP TABLE IF EXISTS main.a", {"drops main.a"}},
           {"DROP INDEX a", {}},
           {"DROP VIEW a", {}},
           {"DELETE FROM a", {"deletes a"}},
           {"DELETE FROM a WHERE b", {}},
           {"UPDATE a SET b = (SELECT c FROM d WHERE e)", {"deletes a"}},
           {"WITH x AS (SELECT 1 WHERE 1) DELETE FROM a", {"deletes a"}},
           {"UPDATE OR IGNORE a SET b = 1 WHERE c", {}},
           {"ALTER TABLE a DROP COLUMN \"b\"", {"drops a.b"}},
           {"ALTER TABLE a DROP b", {"drops a.b"}},
           {"ALTER TABLE a RENAME TO b", {"renames a"}},
           {"ALTER TABLE a RENAME COLUMN b TO c", {"renames a.b"}},
           {"ALTER TABLE a RENAME b TO c", {"renames a.b"}},
           {"ALTER TABLE a ADD b", {}},
           {"CREATE TRIGGER r AFTER INSERT ON t BEGIN DELETE FROM a; END", {}},
           {"INSERT INTO a VALUES ('DELETE FROM b')", {}},
       }) {
    EXPECT_EQ(warnings(sqlite(text)), expected) << text;
  }
  EXPECT_EQ(sqlite("DROP TABLE a").drops_tables, Names{"a"});
  EXPECT_EQ(sqlite("INSERT INTO a VALUES (1)").writes_tables, Names{"a"});
  EXPECT_EQ(sqlite("WITH x AS (SELECT 1) REPLACE INTO a SELECT * FROM x").writes_tables, Names{"a"});
}

}  // namespace
}  // namespace dbrollback::schema
