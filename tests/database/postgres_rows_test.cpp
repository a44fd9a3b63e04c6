// Reading PostgreSQL's rows into a snapshot, and loading them into another database.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

#include "engine/database/postgres/load_tables.hpp"
#include "engine/database/postgres/postgres_view.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/stored_row_source.hpp"
#include "tests/database/capture_rows.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database::postgres {
namespace {

using std::chrono::milliseconds;

constexpr const char* id = "20261121T000000Z-0001";

class PostgresRows : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = test::PostgresServer::missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    for (const char* what : {"DATABASE IF EXISTS app", "DATABASE IF EXISTS copy", "ROLE IF EXISTS reader"}) {
      (void)connect("postgres")->execute(std::string("DROP ") + what);
    }
  }

  static test::PostgresServer& server() { return test::PostgresServer::shared(); }

  static std::unique_ptr<Connection> connect(const std::string& database) {
    return std::make_unique<Connection>(Parameters::parse(server().url(database)), ConnectionOptions{});
  }

  // Runs statements in a database of this name, which is made where it is missing.
  static void sql(const std::string& database, const std::string& statements) {
    const auto any = connect("postgres");
    if (!any->value("SELECT 1 FROM pg_database WHERE datname = $1", {database})) {
      (void)any->execute("CREATE DATABASE " + quote(database));
    }
    (void)connect(database)->execute("SET search_path = public; " + statements);
  }

  static std::unique_ptr<PostgresView> view(const std::string& database, const CopyOptions& copy = {},
                                            const std::string& user = "postgres") {
    return std::make_unique<PostgresView>(Parameters::parse(server().url(database, user)), ConnectionOptions{}, copy,
                                          ClientPlaces{});
  }

  static std::vector<Content> contents_of(const SnapshotDetails& manifest) {
    std::vector<Content> out;
    for (const auto& table : manifest.tables) {
      out.push_back({.rows = table.rows, .hash = base::hash_from_hex(table.hash).value_or(base::Hash128{})});
    }
    return out;
  }

  static std::vector<Content> contents_now(const std::string& database) {
    const auto now = view(database);
    std::vector<Content> out;
    for (const auto& table : now->describe().schema.tables) {
      out.push_back(now->content(table.name));
    }
    return out;
  }
};

// Values that COPY's text format has to escape, names that SQL has to quote, rows larger than a frame.
constexpr const char* odd_tables = R"SQL(
CREATE TABLE a_plain(id int PRIMARY KEY, v text);
INSERT INTO a_plain VALUES (1, E'tab\there\nline \\ back\r'), (2, NULL), (3, ''), (4, '\N'), (5, '\.');
CREATE TABLE "B ""odd"".name"("select" int, "a b" text[]);
INSERT INTO "B ""odd"".name" VALUES (1, ARRAY['x', NULL, '"q"', E'\\']), (2, '{}');
CREATE TABLE c_nothing();
INSERT INTO c_nothing DEFAULT VALUES;
INSERT INTO c_nothing DEFAULT VALUES;
CREATE TABLE d_generated(n int, twice int GENERATED ALWAYS AS (n * 2) STORED, dropped text, i int GENERATED ALWAYS AS IDENTITY);
ALTER TABLE d_generated DROP COLUMN dropped;
INSERT INTO d_generated(n) SELECT generate_series(1, 1000);
CREATE TABLE e_wide(v text);
INSERT INTO e_wide SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1200000) i;
INSERT INTO e_wide VALUES ('narrow');
CREATE TABLE f_large(id int, v text);
INSERT INTO f_large SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 40000) i;
DELETE FROM f_large WHERE id % 7 = 0;
CREATE TABLE g_parent(k int, v text) PARTITION BY LIST (k);
CREATE TABLE g_one PARTITION OF g_parent FOR VALUES IN (1);
CREATE TABLE g_other PARTITION OF g_parent DEFAULT;
INSERT INTO g_parent VALUES (1, 'one'), (2, 'two'), (NULL, 'none');
CREATE TABLE h_empty(x int);
CREATE SEQUENCE s START 7;
SELECT nextval('s'), nextval('s');
CREATE MATERIALIZED VIEW m AS SELECT 1 AS x WITH NO DATA;
)SQL";

TEST_F(PostgresRows, ComeBackAsTheyWere) {
  sql("app", odd_tables);
  test::MemoryStore store(8U << 20U);
  const auto before = view("app", {.jobs = 3});
  const SnapshotDetails taken = test::capture_rows(*before, store, id);
  EXPECT_GT(taken.segments.size(), 2U);
  ASSERT_TRUE(taken.postgres);
  EXPECT_EQ(taken.postgres->sequences.back().last_value, 8);
  ASSERT_EQ(taken.postgres->materialized_views.size(), 1U);
  EXPECT_FALSE(taken.postgres->materialized_views.front().populated);

  const SnapshotDetails read = snapshot::read_manifest(store, id);
  EXPECT_EQ(snapshot::manifest_to_text(read), snapshot::manifest_to_text(taken));
  const snapshot::StoredRows rows(store, read);
  EXPECT_EQ(rows.contents([](std::uint64_t /*bytes*/) {}), contents_of(taken));
  for (std::size_t i = 0; i < read.tables.size(); ++i) {
    EXPECT_EQ(before->content(read.tables[i].name), contents_of(read)[i]) << read.tables[i].name;
    EXPECT_EQ(before->count(read.tables[i].name), read.tables[i].rows) << read.tables[i].name;
  }

  sql("copy", odd_tables);
  sql("copy", "INSERT INTO a_plain VALUES (99, 'goes'); DELETE FROM f_large; INSERT INTO h_empty VALUES (1)");
  std::vector<LoadTable> targets;
  for (const auto& table : read.tables) {
    LoadTable& target = targets.emplace_back(LoadTable{table.postgres->schema, table.postgres->name, {}});
    for (const auto& column : table.columns) {
      target.columns.push_back(column.name);
    }
  }
  load_tables(Parameters::parse(server().url("copy")), {}, targets, snapshot::StoredRowSource(rows), "UTF8", 3,
              [](std::uint64_t /*bytes*/) {});
  sql("copy", "DELETE FROM h_empty");  // a table without rows in the snapshot has no run
  EXPECT_EQ(contents_now("copy"), contents_now("app"));
}

// Every transaction moves all rows from one table to the other and empties the first: what is seen is always whole.
TEST_F(PostgresRows, AreOfOneMomentWhileTablesAreTruncated) {
  sql("app", "CREATE TABLE l(x int); CREATE TABLE r(x int); INSERT INTO l SELECT generate_series(1, 500)");
  std::atomic<bool> over{false};
  std::thread mover([&] {
    const auto session = connect("app");
    for (int i = 0; !over; ++i) {
      const std::string from = i % 2 == 0 ? "l" : "r";
      const std::string to = i % 2 == 0 ? "r" : "l";
      (void)session->execute("BEGIN; SET LOCAL lock_timeout = '10s'; LOCK public.l, public.r; INSERT INTO public." +
                             to + " SELECT x FROM public." + from + "; TRUNCATE public." + from + "; COMMIT");
      std::this_thread::sleep_for(milliseconds(150));
    }
  });
  int taken = 0;
  for (int i = 0; i < 15; ++i) {
    test::MemoryStore store(1U << 20U);
    try {
      const auto now = view("app");
      EXPECT_EQ(test::capture_rows(*now, store, id).summary.rows, 500U);
      ++taken;
    } catch (const Error& error) {
      EXPECT_EQ(error.exit(), Exit::busy) << error.what();
    }
  }
  over = true;
  mover.join();
  EXPECT_GT(taken, 0);
}

TEST_F(PostgresRows, AreLeftToWhoeverWaitsForThem) {
  sql("app", "CREATE TABLE t(v text); INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
  const auto altering = connect("app");
  auto slow = view("app", {.jobs = 1, .yield_after = milliseconds(600), .max_rate = 2'000'000});
  std::thread alter([&] {
    std::this_thread::sleep_for(milliseconds(300));
    EXPECT_NO_THROW((void)altering->execute("SET lock_timeout = 0; ALTER TABLE public.t ADD COLUMN more int"));
  });
  test::MemoryStore store(8U << 20U);
  try {
    (void)test::capture_rows(*slow, store, id);
    ADD_FAILURE() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), Exit::busy);
    EXPECT_EQ(error.code(), "somebody_waits");
    EXPECT_NE(std::string(error.what()).find(std::to_string(altering->backend_pid())), std::string::npos);
  }
  slow.reset();
  alter.join();
  EXPECT_EQ(view("app")->count("public.t"), 20000U);
}

TEST_F(PostgresRows, ThatARoleMayNotSeeAreNamed) {
  sql("app",
      "CREATE TABLE open(x int); CREATE TABLE closed(x int); CREATE TABLE masked(x int); "
      "ALTER TABLE masked ENABLE ROW LEVEL SECURITY; CREATE ROLE reader LOGIN; "
      "GRANT SELECT ON open, masked TO reader");
  const ErrorInfo info = test::error_of([&] { (void)view("app", {}, "reader"); });
  EXPECT_EQ(info.code, "not_readable");
  EXPECT_NE(info.message.find(R"("public"."closed")"), std::string::npos) << info.message;
  EXPECT_NE(info.message.find(R"(rows of "public"."masked")"), std::string::npos) << info.message;
  EXPECT_EQ(info.message.find("open"), std::string::npos) << info.message;
}

TEST_F(PostgresRows, AreStoppedByWhoeverAsks) {
  sql("app", "CREATE TABLE t(v text); INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
  const auto slow = view("app", {.jobs = 2, .max_rate = 1'000'000, .tick = [] { throw std::runtime_error("enough"); }});
  test::MemoryStore store(8U << 20U);
  EXPECT_THROW((void)test::capture_rows(*slow, store, id), std::runtime_error);
  EXPECT_FALSE(store.objects().contains(std::string("snapshots/") + id + "/manifest.json"));
}

TEST_F(PostgresRows, SpeakThroughIntegrityQueries) {
  sql("app", "CREATE TABLE t(x int); INSERT INTO t VALUES (1), (2)");
  const auto now = view("app");
  EXPECT_EQ(now->value_of("SELECT count(*) FROM t"), "2");
  EXPECT_EQ(now->value_of("SELECT NULL"), "NULL");
  for (const char* wrong : {"SELECT 1/0", "SELECT 1, 2", "SELECT x FROM t", "DELETE FROM t", "SELECT nope", ""}) {
    EXPECT_EQ(test::error_of([&] { (void)now->value_of(wrong); }).code, "bad_check") << wrong;
  }
  EXPECT_EQ(now->value_of("SELECT sum(x) FROM t"), "3") << "the snapshot is still there";
}

}  // namespace
}  // namespace dbrollback::database::postgres
