// What a database is now, as far as ways back depend on it.
#include "engine/recovery/live_state.hpp"

#include "engine/database/database.hpp"
#include "engine/migrate/unfinished.hpp"
#include "tests/recovery/sqlite_case.hpp"

namespace dbrollback::recovery {
namespace {

namespace fs = std::filesystem;

class LiveStates : public test::SqliteCase {
 protected:
  [[nodiscard]] LiveState live() { return read_live(store(), database_, quiet_); }
  void leave_half_way() {
    migrate::Unfinished record;
    record.what.version = "2";
    record.what.name = "2_more";
    record.what.done = 1;
    record.what.statements = 3;
    record.what.problem = "no such table";
    migrate::UnfinishedRecord(store(), database::open_database(database_)->identity()).write(record);
  }
};

TEST_F(LiveStates, AreWithoutMigrationsWhereNoneAreConfigured) {
  execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, total)");
  const LiveState state = live();
  EXPECT_EQ(state.location, at("app.db"));
  EXPECT_EQ(state.schema.tables.size(), 1U);
  EXPECT_EQ(state.fingerprint.size(), 32U);
  EXPECT_EQ(state.format, "");
  EXPECT_EQ(state.version, "");
  EXPECT_EQ(state.pending, 0U);
  EXPECT_FALSE(state.half_way);
}

TEST_F(LiveStates, SayWhichMigrationsAreApplied) {
  add_migration("1_first", "CREATE TABLE a (x);");
  add_migration("2_second", "CREATE TABLE b (x);");
  add_migration("3_third", "CREATE TABLE c (x);");
  execute("CREATE TABLE a (x)");
  LiveState state = live();
  EXPECT_EQ(state.format, "dbmate");
  EXPECT_EQ(state.version, "");
  EXPECT_EQ(state.pending, 3U);
  say_applied({"1"});
  state = live();
  EXPECT_EQ(state.version, "1");
  EXPECT_EQ(state.pending, 2U);
}

// It comes with the first migration, and stays when that is reverted.
TEST_F(LiveStates, HaveAFingerprintWithoutTheTableOfTheirTool) {
  add_migration("1_first", "CREATE TABLE a (x);");
  execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
  const std::string before = live().fingerprint;
  say_applied({});
  EXPECT_EQ(live().fingerprint, before);
  execute("CREATE TABLE changelog (version varchar(128) primary key)");
  EXPECT_NE(live().fingerprint, before) << "which may be anybody's";
  database_.migrations_table = "changelog";
  EXPECT_EQ(live().fingerprint, before) << "and is the tool's as the configuration says";
  execute("CREATE INDEX orders_id ON orders (id)");
  EXPECT_NE(live().fingerprint, before);
}

TEST_F(LiveStates, AreComparedWithSnapshotsByTheSameFingerprint) {
  execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, note DEFAULT 'a  b'); CREATE INDEX o ON orders (note)");
  execute("CREATE VIEW v AS SELECT 1; CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT)");
  const schema::Schema stored = schema_of_snapshot(store(), snapshot(), database_, quiet_);
  EXPECT_EQ(fingerprint_of(stored, database_), live().fingerprint);
  EXPECT_EQ(stored.objects, live().schema.objects);
}

TEST_F(LiveStates, AreHalfWayWhereAMigrationIsUnfinished) {
  execute("CREATE TABLE orders (id)");
  leave_half_way();
  LiveState state = live();
  EXPECT_TRUE(state.half_way) << "also where no migrations are configured any more";
  EXPECT_NE(state.problem.find("2_more"), std::string::npos) << state.problem;
  add_migration("1_first", "CREATE TABLE a (x);");
  add_migration("2_more", "CREATE TABLE b (x);");
  say_applied({"1"});
  EXPECT_TRUE(live().half_way);
  say_applied({"2"});
  state = live();
  EXPECT_FALSE(state.half_way) << "somebody mended it, and the tool's table says so: " << state.problem;
}

TEST_F(LiveStates, AreHalfWayWhereTheToolSaysSo) {
  database_.migrations = at("migrations");
  fs::create_directories(database_.migrations);
  test::put_content(at("migrations/1_first.up.sql"), "CREATE TABLE a (x);");
  test::put_content(at("migrations/1_first.down.sql"), "DROP TABLE a;");
  execute("CREATE TABLE schema_migrations (version uint64, dirty bool); INSERT INTO schema_migrations VALUES (1, 1)");
  const LiveState state = live();
  EXPECT_EQ(state.format, "golang-migrate");
  EXPECT_TRUE(state.half_way);
  EXPECT_NE(state.problem.find("golang-migrate"), std::string::npos) << state.problem;
}

TEST_F(LiveStates, AreThoseOfAnotherToolWhereItIsConfigured) {
  execute("CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('1975ea83b712')");
  database_.migrate.up = {"true"};
  const LiveState state = live();
  EXPECT_EQ(state.format, "command");
  EXPECT_EQ(state.version, "1975ea83b712");
  EXPECT_TRUE(state.schema.objects.empty());
}

TEST_F(LiveStates, KnowTheSchemaWhereTheMigrationsCannotBeRead) {
  execute("CREATE TABLE orders (id)");
  database_.migrations = at("nowhere");
  const LiveState state = live();
  ASSERT_TRUE(state.migrations_problem);
  EXPECT_EQ(state.migrations_problem->code, "no_folder");
  EXPECT_EQ(state.schema.tables.size(), 1U);
}

class LiveChecks : public test::SqliteCase {
 protected:
  LiveChecks() {
    execute("CREATE TABLE orders (id); INSERT INTO orders VALUES (1), (2)");
    database_.checks = {{.name = "few", .sql = "SELECT count(*) < 3 FROM orders", .expect = "1"},
                        {.name = "same", .sql = "SELECT count(*) FROM orders", .expect = {}}};
  }
  [[nodiscard]] std::vector<CheckResult> ask(const std::string& then) {
    return check_live(database_,
                      {{.name = "same", .sql = "", .value = then, .expect = {}, .ok = true},
                       {.name = "few", .sql = "", .value = "7", .expect = "1", .ok = true}},
                      quiet_);
  }
};

TEST_F(LiveChecks, AskTheQueriesOfTheConfiguration) {
  const auto results = check_live(database_, {}, quiet_);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_TRUE(results[0].ok);
  EXPECT_EQ(results[1].value, "2");
  EXPECT_TRUE(results[1].ok) << "nothing was known before";
  execute("INSERT INTO orders VALUES (3)");
  EXPECT_FALSE(check_live(database_, {}, quiet_).at(0).ok);
  database_.checks.clear();
  EXPECT_TRUE(check_live(database_, {}, quiet_).empty());
}

TEST_F(LiveChecks, CompareWhatIsToStayTheSameWithWhatItWas) {
  EXPECT_TRUE(ask("2").at(1).ok);
  EXPECT_FALSE(ask("3").at(1).ok);
  EXPECT_TRUE(ask("3").at(0).ok) << "that has a value of its own to be";
}

}  // namespace
}  // namespace dbrollback::recovery
