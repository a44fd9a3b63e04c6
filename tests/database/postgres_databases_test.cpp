// Databases as a whole: one made like another, one put into another's place, those that are kept beside it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/database/postgres/connect_beside.hpp"
#include "engine/database/postgres/kept_databases.hpp"
#include "engine/database/postgres/make_database.hpp"
#include "engine/database/postgres/obstacles.hpp"
#include "engine/database/postgres/read_properties.hpp"
#include "engine/database/postgres/rename_databases.hpp"
#include "tests/support/postgres_proxy.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database::postgres {
namespace {

using base::cat;
using std::chrono::milliseconds;
using test::PostgresServer;

constexpr const char* live = "dbs_live";
constexpr const char* fresh = "dbs_live_restoring_20261121t120000z";
constexpr const char* aside = "dbs_live_replaced_20261121t120000z";

class PostgresDatabases : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string missing = PostgresServer::missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    const auto any = open("postgres");
    for (const char* const role : {"dbs_owner LOGIN CREATEDB", "dbs_reader LOGIN", "dbs_super LOGIN SUPERUSER",
                                   "\"dbs \"\"Quoted\"\" Rôle\" NOLOGIN"}) {
      (void)any->execute(cat("DO $$ BEGIN CREATE ROLE ", role, "; EXCEPTION WHEN duplicate_object THEN END $$"));
    }
    put_back();
    remove_databases(false);
  }
  static void TearDownTestSuite() {
    if (PostgresServer::missing().empty()) {
      remove_databases(true);
    }
  }

  static Parameters parameters(const std::string& database, const std::string& user = "postgres") {
    return Parameters::parse(PostgresServer::shared().url("", user)).with("dbname", database);
  }
  static std::unique_ptr<Connection> open(const std::string& database, const std::string& user = "postgres") {
    return std::make_unique<Connection>(parameters(database, user), ConnectionOptions{});
  }
  static std::unique_ptr<Connection> beside(const std::string& user = "postgres") {
    return connect_beside(parameters("postgres", user), {}, {});
  }

  // What a test before has renamed.
  static void put_back() {
    if (exists(live) && exists(aside) && !exists(fresh)) {
      const auto any = open("postgres");
      (void)any->execute(cat("ALTER DATABASE ", live, " RENAME TO ", fresh));
      (void)any->execute(cat("ALTER DATABASE ", aside, " RENAME TO ", live));
    }
  }
  // `all`: those of create_pair() too.
  static void remove_databases(bool all) {
    const auto any = open("postgres");
    const Result names = any->execute(cat("SELECT datname FROM pg_database WHERE datname LIKE 'dbs%'",
                                          all ? "" : cat(" AND datname NOT IN ('", live, "', '", fresh, "')")));
    for (int row = 0; row < names.rows(); ++row) {
      const std::string name = names.text(row, 0);
      (void)any->execute(cat("ALTER DATABASE ", quote(name), " IS_TEMPLATE false"));
      (void)any->execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", {name});
      (void)any->execute(cat("DROP DATABASE ", quote(name)));
    }
  }

  static void create_empty(const std::string& database, const std::string& options = "") {
    (void)open("postgres")->execute(cat("CREATE DATABASE ", quote(database), " TEMPLATE template0 ", options));
  }
  // With a table that says which one it is.
  static void create(const std::string& database, const std::string& options = "") {
    create_empty(database, options);
    const auto inside = open(database);
    (void)inside->execute("CREATE TABLE public.which (name text)");
    (void)inside->execute("INSERT INTO public.which VALUES ($1)", {database});
    (void)inside->execute("GRANT SELECT ON public.which TO PUBLIC");
  }
  // A live database and one to put into its place, as new; kept from test to test, since making one takes long.
  static void create_pair() {
    const bool there = exists(live) && exists(fresh) && which(live) == live && which(fresh) == fresh;
    if (!there) {
      remove_databases(true);
      create(live);
      create(fresh);
    }
  }
  static std::string which(const std::string& database) {
    return open(database)->value("SELECT name FROM public.which").value_or("");
  }
  static bool exists(const std::string& database) {
    return open("postgres")->value("SELECT 1 FROM pg_database WHERE datname = $1", {database}).has_value();
  }

  static PostgresDatabaseFacts facts_of(const std::string& database) { return read_properties(*open(database)); }

  // What was left out, which is known before anything is loaded.
  static std::vector<std::string> make_and_finish(const std::string& name, const PostgresDatabaseFacts& facts,
                                                  const RoleOptions& options = {},
                                                  const std::string& user = "postgres") {
    const auto admin = beside(user);
    const auto foreseen = make_database(*admin, {}, name, facts, options);
    EXPECT_TRUE(open("postgres")->value("SELECT 1 FROM pg_database WHERE datname = $1 AND datconnlimit = -1", {name}));
    auto refused = finish_database(*open(name, user), facts, options);
    EXPECT_EQ(foreseen, refused);
    return refused;
  }

  static void expect_made_again(const std::string& source, const std::string& copy) {
    const PostgresDatabaseFacts facts = facts_of(source);
    EXPECT_EQ(make_and_finish(copy, facts), std::vector<std::string>{});
    expect_same(facts_of(copy), facts);
  }

  static void expect_same(const PostgresDatabaseFacts& a, const PostgresDatabaseFacts& b) {
    EXPECT_EQ(a.owner, b.owner);
    EXPECT_EQ(a.encoding, b.encoding);
    EXPECT_EQ(a.collate, b.collate);
    EXPECT_EQ(a.ctype, b.ctype);
    EXPECT_EQ(a.locale_provider, b.locale_provider);
    EXPECT_EQ(a.locale, b.locale);
    EXPECT_EQ(a.icu_rules, b.icu_rules);
    EXPECT_EQ(a.connection_limit, b.connection_limit);
    EXPECT_EQ(a.comment, b.comment);
    EXPECT_EQ(grants_of(a), grants_of(b));
    ASSERT_EQ(a.settings.size(), b.settings.size());
    for (std::size_t i = 0; i < a.settings.size(); ++i) {
      EXPECT_EQ(a.settings[i].role, b.settings[i].role);
      EXPECT_EQ(a.settings[i].name, b.settings[i].name);
      EXPECT_EQ(a.settings[i].value, b.settings[i].value);
    }
    EXPECT_TRUE(a == b);
  }
  static std::vector<std::string> grants_of(const PostgresDatabaseFacts& facts) {
    std::vector<std::string> out;
    for (const auto& grant : facts.grants) {
      out.push_back(
          cat(grant.grantor, " to ", grant.grantee, ": ", grant.privilege, grant.grantable ? " with option" : ""));
    }
    return out;
  }

  static Renamed swap(const std::string& user = "postgres", const ConnectionOptions& options = {}) {
    return rename_databases(parameters("postgres", user), {.live = live, .fresh = fresh, .aside = aside}, options);
  }
  static std::vector<std::string> obstacles_of(const std::string& user = "postgres") {
    std::vector<std::string> out;
    for (const auto& obstacle : find_obstacles(*open(live, user))) {
      out.push_back(cat(obstacle.name, ": ", obstacle.description));
      EXPECT_FALSE(obstacle.next.empty());
    }
    return out;
  }
};

TEST_F(PostgresDatabases, AreMadeAgainAsTheyWere) {
  const std::string odd = "dbs \"Odd\" 'näme'";
  create_empty(odd, "OWNER dbs_owner CONNECTION LIMIT 77");
  const auto any = open("postgres");
  const std::string name = quote(odd);
  (void)any->execute(cat("COMMENT ON DATABASE ", name, R"( IS E'it''s\nthe \\ "comment" é')"));
  for (const char* const setting :
       {"DateStyle = 'German, DMY'", "IntervalStyle = 'sql_standard'", "default_transaction_read_only = on",
        R"(search_path = "$user", types, "double ""quotes""", "a, b", public)", R"(zoo.custom = E'it''s \\ cus\ntom')",
        "zoo.list = 'a, \"b\"'", "zoo.empty = ''", "temp_tablespaces = ''", "log_min_duration_statement = 5000",
        "row_security = off"}) {
    (void)any->execute(cat("ALTER DATABASE ", name, " SET ", setting));
  }
  (void)any->execute(cat("ALTER ROLE dbs_reader IN DATABASE ", name, " SET work_mem = '5MB'"));
  (void)any->execute(cat("ALTER ROLE dbs_reader IN DATABASE ", name, " SET search_path = ''"));
  (void)any->execute(
      cat(R"(ALTER ROLE "dbs ""Quoted"" Rôle" IN DATABASE )", name, R"( SET search_path = granted, "with.dot")"));
  (void)any->execute(cat("ALTER DATABASE ", name, " IS_TEMPLATE true"));
  expect_made_again(odd, odd + " again");
}

TEST_F(PostgresDatabases, AreMadeAgainWithTheirGrants) {
  const auto any = open("postgres");
  if (!any->value("SELECT 1 FROM pg_tablespace WHERE spcname = 'dbs_space'")) {
    const std::string folder = PostgresServer::shared().folder() / "cluster" / "space";
    (void)any->execute(cat("COPY (SELECT 1) TO PROGRAM ", literal(cat("cat > /dev/null; mkdir ", folder))));
    (void)any->execute(cat("CREATE TABLESPACE dbs_space LOCATION ", literal(folder)));
  }
  create_empty("dbs_granted", "OWNER dbs_owner LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TABLESPACE dbs_space");
  for (
      const char* const statement :
      {"REVOKE ALL ON DATABASE dbs_granted FROM PUBLIC", "REVOKE TEMPORARY ON DATABASE dbs_granted FROM dbs_owner",
       "GRANT CREATE, CONNECT ON DATABASE dbs_granted TO dbs_reader WITH GRANT OPTION",
       R"(SET ROLE dbs_reader; GRANT CREATE ON DATABASE dbs_granted TO "dbs ""Quoted"" Rôle" WITH GRANT OPTION; RESET ROLE)",
       R"(SET ROLE "dbs ""Quoted"" Rôle"; GRANT CREATE ON DATABASE dbs_granted TO PUBLIC; RESET ROLE)",
       "SET ROLE dbs_reader; GRANT CONNECT ON DATABASE dbs_granted TO PUBLIC; RESET ROLE"}) {
    (void)any->execute(statement);
  }
  EXPECT_EQ(facts_of("dbs_granted").grants.size(), 7U);
  expect_made_again("dbs_granted", "dbs_granted_again");
}

TEST_F(PostgresDatabases, AreMadeAgainInTheirEncodingAndLocale) {
  create_empty("dbs_latin1", "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  (void)open("dbs_latin1")->execute("COMMENT ON DATABASE dbs_latin1 IS 'é'; ALTER DATABASE dbs_latin1 SET a.b = 'é'");
  (void)open("postgres")->execute(R"(ALTER DATABASE dbs_latin1 OWNER TO "dbs ""Quoted"" Rôle")");
  expect_made_again("dbs_latin1", "dbs_latin1_again");

  create_empty("dbs_ascii", "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
  (void)open("dbs_ascii")->execute("COMMENT ON DATABASE dbs_ascii IS '\xFF'");
  (void)open("postgres")->execute("REVOKE ALL ON DATABASE dbs_ascii FROM PUBLIC, postgres");
  expect_made_again("dbs_ascii", "dbs_ascii_again");

  const int version = open("postgres")->server_version();
  const auto try_locale = [](const std::string& database, const std::string& options) {
    try {
      create_empty(database, options);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
      return;
    }
    expect_made_again(database, database + "_again");
  };
  if (version >= 150000) {
    try_locale("dbs_icu", cat("LOCALE_PROVIDER icu ICU_LOCALE 'de-u-ks-level2'",
                              version >= 160000 ? " ICU_RULES '&V << w <<< W'" : ""));
  }
  if (version >= 170000) {
    try_locale("dbs_builtin", "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'");
  }
}

TEST_F(PostgresDatabases, OfALocaleThatTheServerDoesNotKnowAreRefused) {
  create_empty("dbs_plain");
  PostgresDatabaseFacts facts = facts_of("dbs_plain");
  const int version = open("postgres")->server_version();
  facts.locale_provider = version >= 150000 ? "builtin" : "icu";
  facts.locale = "C.UTF-8";
  if (version < 170000) {
    EXPECT_EQ(test::error_of([&] { (void)make_and_finish("dbs_new", facts); }).code, "unsupported_locale");
  }
  facts.locale_provider = "libc";
  facts.collate = "no_SUCH.UTF-8";
  EXPECT_EQ(test::error_of([&] { (void)make_and_finish("dbs_new", facts); }).code, "database_failed");
  EXPECT_FALSE(exists("dbs_new"));
}

TEST_F(PostgresDatabases, BelongToWhoeverMayHaveThem) {
  create_empty("dbs_plain", "OWNER dbs_super");
  (void)open("postgres")
      ->execute(
          "ALTER DATABASE dbs_plain SET log_min_duration_statement = 5000; ALTER DATABASE dbs_plain SET work_mem = "
          "'5MB';"
          "ALTER ROLE dbs_reader IN DATABASE dbs_plain SET work_mem = '5MB';"
          "COMMENT ON DATABASE dbs_plain IS 'commented'; GRANT CREATE ON DATABASE dbs_plain TO dbs_reader");
  PostgresDatabaseFacts facts = facts_of("dbs_plain");
  const ErrorInfo stranger = test::error_of([&] { (void)make_and_finish("dbs_new", facts, {}, "dbs_owner"); });
  EXPECT_EQ(stranger.code, "not_allowed");
  EXPECT_NE(stranger.next.find(R"(GRANT "dbs_super" TO "dbs_owner")"), std::string::npos) << stranger.next;
  EXPECT_FALSE(exists("dbs_new"));

  // Everything that it may is done, and the rest is known before.
  const auto refused =
      make_and_finish("dbs_new", facts, {.no_owner = true, .no_privileges = false, .renamed = {}}, "dbs_owner");
  ASSERT_EQ(refused.size(), 2U) << base::join(refused, "\n");
  EXPECT_EQ(refused[0],
            "the setting log_min_duration_statement cannot be restored: permission denied to set parameter "
            "\"log_min_duration_statement\"");
  EXPECT_TRUE(refused[1].starts_with("the setting work_mem of the role dbs_reader cannot be restored: ")) << refused[1];
  const PostgresDatabaseFacts made = facts_of("dbs_new");
  EXPECT_EQ(made.owner, "dbs_owner");
  EXPECT_EQ(made.comment, "commented");
  const std::vector<PostgresSetting> settings = {{.role = "", .name = "work_mem", .value = "5MB"}};
  EXPECT_EQ(made.settings, settings);
  EXPECT_EQ(std::ranges::count(grants_of(made), "dbs_owner to dbs_reader: CREATE"), 1);
  EXPECT_EQ(std::ranges::count(grants_of(made), "dbs_owner to : CONNECT"), 1);

  facts.settings.clear();
  EXPECT_TRUE(make_and_finish("dbs_bare", facts, {.no_owner = true, .no_privileges = true, .renamed = {}}).empty());
  const std::vector<std::string> usual = {"postgres to : CONNECT", "postgres to : TEMPORARY",
                                          "postgres to postgres: CONNECT", "postgres to postgres: CREATE",
                                          "postgres to postgres: TEMPORARY"};
  EXPECT_EQ(grants_of(facts_of("dbs_bare")), usual);

  facts.owner = "dbs_nobody";
  EXPECT_EQ(test::error_of([&] { (void)make_and_finish("dbs_new2", facts); }).code, "no_such_role");
  EXPECT_FALSE(exists("dbs_new2"));
}

TEST_F(PostgresDatabases, UnderConstructionAreClosedToOthers) {
  create_empty("dbs_plain");
  (void)make_database(*beside(), {}, "dbs_new", facts_of("dbs_plain"), {});
  EXPECT_EQ(test::error_of([] { (void)open("dbs_new", "dbs_reader"); }).exit, Exit::failed);
}

// Everybody sees the old database, then the new one, and between them at most connections that fail.
TEST_F(PostgresDatabases, ChangePlacesUnderTheirUsers) {
  create_pair();
  std::atomic<bool> over{false};
  std::atomic<int> lost{0};
  std::atomic<int> ready{0};
  std::vector<std::future<std::vector<std::string>>> clients(5);
  for (auto& client : clients) {
    client = std::async(std::launch::async, [&] {
      std::vector<std::string> seen;
      bool first = true;
      while (!over) {
        try {
          const auto session = open(live, "dbs_reader");
          while (!over) {
            const std::string name = session->value("SELECT name FROM public.which").value_or("nothing");
            if (seen.empty() || seen.back() != name) {
              seen.push_back(name);
            }
            ready += std::exchange(first, false) ? 1 : 0;
            std::this_thread::sleep_for(milliseconds(1));
          }
        } catch (const Error& error) {
          if (error.code() != "connection_lost" && error.code() != "no_connection") {
            seen.push_back(error.what());
          }
          ++lost;
        }
      }
      return seen;
    });
  }
  while (ready < 5) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  const Renamed there = swap();
  EXPECT_EQ(which(live), fresh);
  std::this_thread::sleep_for(milliseconds(200));
  const Renamed back =
      rename_databases(parameters(live), {.live = live, .fresh = aside, .aside = fresh}, {});  // the way back
  EXPECT_EQ(which(live), live);
  EXPECT_EQ(which(fresh), fresh);
  EXPECT_FALSE(exists(aside));
  std::this_thread::sleep_for(milliseconds(200));
  over = true;
  const std::vector<std::string> expected = {live, fresh, live};
  for (auto& client : clients) {
    EXPECT_EQ(client.get(), expected);
  }
  for (const Renamed& renamed : {there, back}) {
    EXPECT_LT(renamed.downtime, milliseconds(1000));
    EXPECT_GE(renamed.ended, 5U);
  }
  EXPECT_LE(lost, 30);
  RecordProperty("downtime_ms", static_cast<int>(there.downtime.count()));
}

TEST_F(PostgresDatabases, TakeAPlaceThatNobodyHas) {
  create_pair();
  (void)open("postgres")->execute(cat("DROP DATABASE ", live));
  EXPECT_EQ(swap().ended, 0U);
  EXPECT_EQ(which(live), fresh);
}

TEST_F(PostgresDatabases, StayWhereTheNamesOrTheRoleForbidIt) {
  create_pair();
  EXPECT_EQ(test::error_of([] {
              (void)rename_databases(parameters("postgres"), {.live = live, .fresh = "dbs_none", .aside = aside}, {});
            }).code,
            "no_such_database");
  EXPECT_EQ(test::error_of([] { (void)swap("dbs_reader"); }).code, "not_allowed");
  create_empty(aside);
  const auto session = open(live);
  EXPECT_EQ(test::error_of([] { (void)swap(); }).code, "name_taken");
  EXPECT_EQ(session->value("SELECT name FROM public.which"), live) << "nobody was ended for that";
}

TEST_F(PostgresDatabases, StayWhileThereIsASessionThatTheRoleMayNotEnd) {
  create_pair();
  (void)open("postgres")
      ->execute(cat("ALTER DATABASE ", live, " OWNER TO dbs_owner; ALTER DATABASE ", fresh, " OWNER TO dbs_owner"));
  const auto own = open(live, "dbs_owner");
  EXPECT_TRUE(find_obstacles(*own).empty());
  auto session = std::make_unique<Connection>(parameters(live, "dbs_super").with("application_name", "long report"),
                                              ConnectionOptions{});
  const std::string shown = cat("session ", session->backend_pid(), " (dbs_super, long report)");
  ASSERT_EQ(obstacles_of("dbs_owner").size(), 1U);
  EXPECT_EQ(obstacles_of("dbs_owner").front(), cat("foreign-sessions: this role may not end ", shown,
                                                   ", and no database with a session in it can be renamed"));
  const ErrorInfo info = test::error_of([] { (void)swap("dbs_owner"); });
  EXPECT_EQ(info.code, "sessions_in_the_way");
  EXPECT_EQ(info.exit, Exit::busy);
  EXPECT_NE(info.message.find(shown), std::string::npos) << info.message;
  EXPECT_EQ(info.state, "nothing was changed");
  EXPECT_EQ(which(live), live);
  EXPECT_TRUE(own->value("SELECT 1")) << "the others were not ended";
  EXPECT_TRUE(obstacles_of().empty()) << "a superuser may";
  session.reset();
  EXPECT_EQ(swap("dbs_owner").ended, 1U);
  EXPECT_EQ(which(live), fresh);
}

TEST_F(PostgresDatabases, StayWhileSomebodyLocksThem) {
  create_pair();
  const auto locking = open("postgres", "dbs_super");
  (void)locking->execute(cat("BEGIN; COMMENT ON DATABASE ", live, " IS 'locked'"));
  const auto session = open(live);
  ConnectionOptions hurried;
  hurried.lock_timeout = milliseconds(200);
  const ErrorInfo info = test::error_of([&] { (void)swap("postgres", hurried); });
  EXPECT_EQ(info.code, "sessions_in_the_way");
  EXPECT_NE(info.message.find(cat("session ", locking->backend_pid(), " (dbs_super")), std::string::npos)
      << info.message;
  EXPECT_TRUE(session->value("SELECT 1")) << "nobody is ended before there is a lock";
  EXPECT_EQ(info.state, "nothing was changed");
}

TEST_F(PostgresDatabases, StayWhenSomebodyAsksToStop) {
  create_pair();
  const auto locking = open("postgres");
  (void)locking->execute(cat("BEGIN; COMMENT ON DATABASE ", live, " IS 'locked'"));
  ConnectionOptions stopping;
  int asked = 0;
  stopping.tick = [&] {
    if (++asked > 1) {
      throw std::runtime_error("stop");
    }
  };
  EXPECT_THROW((void)swap("postgres", stopping), std::runtime_error);
  (void)locking->execute("COMMIT");
  EXPECT_EQ(which(live), live);
  EXPECT_EQ(which(fresh), fresh);
}

TEST_F(PostgresDatabases, WithAPreparedTransactionStay) {
  create_pair();
  (void)open(live)->execute("BEGIN; INSERT INTO public.which VALUES ('prepared'); PREPARE TRANSACTION 'its id'");
  ASSERT_EQ(obstacles_of().size(), 1U);
  EXPECT_EQ(
      obstacles_of().front(),
      "prepared-transactions: the database has 1 prepared transaction: its id; no database with one can be renamed");
  EXPECT_EQ(test::error_of([] { (void)swap(); }).code, "prepared_transactions");
  (void)open(live)->execute("ROLLBACK PREPARED 'its id'");
  EXPECT_TRUE(obstacles_of().empty());
  EXPECT_NO_THROW((void)swap());
}

TEST_F(PostgresDatabases, TellWhatReplicationLosesByIt) {
  create_pair();
  const auto inside = open(live);
  (void)inside->execute("SELECT pg_create_logical_replication_slot('dbs_slot', 'pgoutput')");
  (void)inside->execute(
      "CREATE SUBSCRIPTION dbs_subscription CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)");
  const auto sender =
      std::make_unique<Connection>(parameters(live).with("replication", "database"), ConnectionOptions{});
  const auto found = obstacles_of();
  (void)inside->execute("SELECT pg_drop_replication_slot('dbs_slot')");
  (void)inside->execute(
      "ALTER SUBSCRIPTION dbs_subscription SET (slot_name = NONE); DROP SUBSCRIPTION dbs_subscription");
  ASSERT_EQ(found.size(), 3U) << base::join(found, "\n");
  EXPECT_TRUE(found[0].starts_with("logical-slots: the database has 1 logical replication slot: dbs_slot; "));
  EXPECT_TRUE(found[1].starts_with("subscriptions: the database has 1 subscription: dbs_subscription; "));
  EXPECT_TRUE(found[2].starts_with(cat("wal-senders: the database has 1 replication connection: process ",
                                       sender->backend_pid(), " (dbrollback); ")))
      << found[2];
}

TEST_F(PostgresDatabases, TellWhichWorkersAreBoundToThem) {
  create_pair();
  const auto inside = open(live);
  (void)inside->execute(
      "INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) "
      "VALUES (99999, 'timescaledb', 10, 'public'::regnamespace, false, '2')");
  EXPECT_TRUE(obstacles_of().empty()) << "it is not at work";
  const auto found = obstacles_of("dbs_owner");  // who may not see what is preloaded
  (void)inside->execute("DELETE FROM pg_extension WHERE oid = 99999");
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(
      found.back().starts_with("background-workers: the database has 1 background worker: the extension timescaledb"))
      << found.back();
}

// The server has done what was asked, or has not, and cannot say so any more.
TEST_F(PostgresDatabases, HaveTheirNamesWhenTheAnswerIsLost) {
  create_pair();
  test::PostgresProxy proxy(PostgresServer::shared().folder() / "cluster");
  const Parameters through = parameters("postgres").with("host", proxy.folder().native());
  const Renaming there{.live = live, .fresh = fresh, .aside = aside};
  const auto session = open(live);
  proxy.lose_at("COMMIT", test::PostgresProxy::Lose::answer);
  EXPECT_EQ(rename_databases(through, there, {}).ended, 1U);
  EXPECT_EQ(which(live), fresh);

  const Renaming back{.live = live, .fresh = aside, .aside = fresh};
  const auto other = open(live);
  proxy.lose_at("COMMIT", test::PostgresProxy::Lose::question);
  const ErrorInfo info = test::error_of([&] { (void)rename_databases(through, back, {}); });
  EXPECT_EQ(info.code, "connection_lost");
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_EQ(info.state, "nothing was changed; 1 session was ended, and may connect again");
  EXPECT_EQ(which(live), fresh);
  EXPECT_EQ(which(aside), live);
}

TEST_F(PostgresDatabases, AreReachedFromAnotherOne) {
  EXPECT_EQ(connect_beside(parameters("template1"), {}, {})->parameters().database(), "template1");
  EXPECT_EQ(connect_beside(parameters("dbs_none"), {}, {})->parameters().database(), "postgres") << "there is none";
  EXPECT_EQ(connect_beside(parameters("postgres"), {}, {"postgres"})->parameters().database(), "template1");
  EXPECT_EQ(test::error_of([] {
              (void)connect_beside(parameters("postgres"), {}, {"postgres", "template1"});
            }).code,
            "no_other_database");
}

TEST_F(PostgresDatabases, HaveNamesThatTellWhatTheyAre) {
  const base::Time time = *base::time_from_iso("2026-11-20T23:30:15.5Z");
  EXPECT_EQ(kept_name("app", Kept::restoring, time), "app_restoring_20261120t233015z");
  EXPECT_EQ(kept_name("app", Kept::replaced, time), "app_replaced_20261120t233015z");
  const std::string limit(36, 'x');
  EXPECT_EQ(kept_name(limit, Kept::restoring, time), limit + "_restoring_20261120t233015z");
  const std::string one = kept_name(limit + "1", Kept::restoring, time);
  EXPECT_EQ(one.size(), 63U);
  EXPECT_NE(one, kept_name(limit + "2", Kept::restoring, time));
  std::string wide;
  for (int i = 0; i < 21; ++i) {
    wide += "ä";
    for (const std::string& name :
         {kept_name(wide, Kept::restoring, time), kept_name("x" + wide, Kept::replaced, time)}) {
      EXPECT_LE(name.size(), 63U);
      EXPECT_TRUE(base::is_utf8(name)) << name;
    }
  }
}

TEST_F(PostgresDatabases, MadeInTheSameSecondHaveOtherNames) {
  const base::Time time = *base::time_from_iso("2026-11-20T23:30:15.5Z");
  const auto later = [&](int seconds, Kept kind) {
    return kept_name("dbs_same", kind, time + std::chrono::seconds(seconds));
  };
  const auto admin = beside();
  EXPECT_EQ(next_name(*admin, "dbs_same", Kept::replaced, time), later(0, Kept::replaced));
  create_empty(later(0, Kept::replaced));
  EXPECT_EQ(next_name(*admin, "dbs_same", Kept::replaced, time), later(1, Kept::replaced));
  EXPECT_EQ(next_name(*admin, "dbs_same", Kept::restoring, time), later(0, Kept::restoring));
  create_empty(later(2, Kept::replaced));
  EXPECT_EQ(next_name(*admin, "dbs_same", Kept::replaced, time), later(3, Kept::replaced)) << "the last one stays that";
  EXPECT_EQ(next_name(*admin, "dbs_same", Kept::replaced, time + std::chrono::minutes(1)), later(60, Kept::replaced));
}

TEST_F(PostgresDatabases, ThatAreKeptAreListedAndDropped) {
  const base::Time time = *base::time_from_iso("2026-11-20T23:30:15Z");
  const std::string name = cat("dbs_", std::string(55, 'x'));
  const std::string left = kept_name(name, Kept::restoring, time + std::chrono::hours(1));
  const std::string at_work = kept_name(name, Kept::restoring, time + std::chrono::hours(2));
  const std::string replaced = kept_name(name, Kept::replaced, time);
  create_empty(replaced, "OWNER dbs_owner");
  (void)open("postgres")->execute(cat("REVOKE ALL ON DATABASE ", quote(replaced), " FROM PUBLIC"));
  create_empty(left);
  create_empty(at_work);
  create_empty(kept_name(name + "y", Kept::restoring, time));
  const auto admin = beside();
  const auto kept = list_kept(*admin, name);
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].name, replaced);
  EXPECT_EQ(kept[0].kind, Kept::replaced);
  EXPECT_EQ(kept[0].made, time);
  EXPECT_EQ(kept[0].owner, "dbs_owner");
  EXPECT_GT(kept[0].bytes.value_or(0), 1'000'000U);
  EXPECT_EQ(kept[1].name, left);
  EXPECT_EQ(kept[1].kind, Kept::restoring);
  EXPECT_FALSE(list_kept(*beside("dbs_reader"), name)[0].bytes) << "it may not know";
  EXPECT_TRUE(list_kept(*beside("dbs_reader"), name)[1].bytes);

  // What a subscription's copy is.
  (void)open(left)->execute(
      "CREATE SUBSCRIPTION dbs_copy CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)");
  const auto session = open(at_work);
  EXPECT_EQ(drop_interrupted(*admin, name), std::vector<std::string>{left});
  EXPECT_TRUE(exists(at_work) && exists(replaced) && !exists(left));
  const ErrorInfo busy = test::error_of([&] { drop_kept(*admin, name, at_work); });
  EXPECT_EQ(busy.code, "database_in_use");
  EXPECT_NE(busy.message.find(cat("session ", session->backend_pid())), std::string::npos) << busy.message;

  for (const std::string& other : {name, name + "_", std::string("postgres"), replaced + "0"}) {
    EXPECT_EQ(test::error_of([&] { drop_kept(*admin, name, other); }).code, "not_kept") << other;
  }
  drop_kept(*admin, name, replaced);
  EXPECT_FALSE(exists(replaced));
}

TEST_F(PostgresDatabases, WithASubscriptionAreNotDropped) {
  create_empty(aside);
  (void)open(aside)->execute(
      "CREATE SUBSCRIPTION \"dbs old\" CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)");
  (void)open("postgres")->execute(cat("ALTER DATABASE ", aside, " IS_TEMPLATE true"));
  const auto admin = beside();
  const ErrorInfo info = test::error_of([&] { drop_kept(*admin, live, aside); });
  EXPECT_EQ(info.code, "has_subscriptions");
  const std::string told = "connect to it and run: ";
  ASSERT_TRUE(info.next.starts_with(told)) << info.next;
  (void)open(aside)->execute(info.next.substr(told.size()));
  drop_kept(*admin, live, aside);
  EXPECT_FALSE(exists(aside));
  EXPECT_EQ(test::error_of([&] { drop_kept(*admin, live, aside); }).code, "no_such_database");
}

}  // namespace
}  // namespace dbrollback::database::postgres
