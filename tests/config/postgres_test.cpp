// PostgreSQL in the configuration: its URLs are kept as they are, and never repeated.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using namespace std::chrono_literals;
using Engine = DatabaseConfig::Engine;

class ConfigPostgres : public ConfigTest {
 protected:
  [[nodiscard]] DatabaseConfig loaded(const std::string& keys) const {
    return load("[database.app]\n" + keys).databases.at(0);
  }
  // What is said about a line of a PostgreSQL database's section.
  [[nodiscard]] std::string in_postgres(const std::string& line) const {
    return mistake_in("[database.app]\nurl = 'postgresql://db/app'\n" + line + "\n");
  }
  [[nodiscard]] std::string in_sqlite(const std::string& line) const {
    return mistake_in("[database.app]\nurl = '/a.db'\n" + line + "\n");
  }
  // What is said about a URL in an argument.
  static ErrorInfo refusal(const std::string& argument) {
    ErrorInfo info = error_of([&] { (void)select_database({}, argument); });
    EXPECT_EQ(info.exit, Exit::usage);
    return info;
  }
};

constexpr auto kept_urls = {"postgresql://db/app",
                            "postgres://anna@db:5432/app?application_name=a@b",
                            "POSTGRESQL:///app",
                            "postgresql+psycopg://db/app",
                            "postgres+asyncpg://anna@[::1]:5433/app?schema=public",
                            "postgresql://h1:5432,h2:5433,[fe80::1]/app?target_session_attrs=any",
                            "postgresql://%2Frun%2Fpostgresql/app",
                            "postgresql://anna@",
                            "postgresql://db:",
                            "host=db dbname=app",
                            "host=/run/postgresql dbname='my app'",
                            "dbname=app"};

TEST_F(ConfigPostgres, UrlsAreKeptAsTheyAre) {
  for (const char* url : kept_urls) {
    const DatabaseConfig written = loaded("url = \"" + std::string(url) + "\"\n");
    EXPECT_EQ(written.engine, Engine::postgres) << url;
    EXPECT_EQ(written.url, url);
    const DatabaseConfig given = select_database({}, url);
    EXPECT_EQ(given.engine, Engine::postgres) << url;
    EXPECT_EQ(given.url, url);
    EXPECT_TRUE(given.from_url);
  }
  EXPECT_EQ(loaded("url = 'a.db'\n").engine, Engine::sqlite);
  EXPECT_EQ(loaded("url = './dbname=app'\n").engine, Engine::sqlite);
}

TEST_F(ConfigPostgres, UrlsFromTheEnvironmentMayHoldAPassword) {
  for (const char* url : {"postgresql://anna:hunter2@db/app", "host=db password='hunter 2' dbname=app",
                          "postgresql://anna:hun?ter2@db/app", "postgresql://db/app?password=hunter2"}) {
    set("APP_URL", url);
    EXPECT_EQ(loaded("url = 'env:APP_URL'\n").url, url);
    EXPECT_EQ(select_database({}, "env:APP_URL").url, url);
    EXPECT_EQ(select_database({}, "env:APP_URL").name, "app");
    EXPECT_EQ(loaded("url = 'env:APP_URL'\nadmin_url = 'env:APP_URL'\n").admin_url, url);
    EXPECT_EQ(loaded("url = 'env:APP_URL'\nscratch_url = 'env:APP_URL'\n").scratch_url, url);
  }
}

TEST_F(ConfigPostgres, ADatabaseIsNamedAfterItsDbname) {
  const auto name_of = [](const char* url) { return select_database({}, url).name; };
  EXPECT_EQ(name_of("postgresql://db/shop"), "shop");
  EXPECT_EQ(name_of("postgresql://anna@db:5432/shop.db?x=y"), "shop.db") << "no file's ending";
  EXPECT_EQ(name_of("postgresql:///my%20shop"), "my_shop");
  EXPECT_EQ(name_of("postgresql:///m%C3%BCller"), "m_ller");
  EXPECT_EQ(name_of("postgresql:///.x"), "_x");
  EXPECT_EQ(name_of("host=db dbname='it\\'s' dbname=shop"), "shop") << "the last one counts";
  EXPECT_EQ(name_of("host=db options='-c x dbname=y' dbname=shop"), "shop");
  for (const char* url :
       {"postgresql://anna@db", "postgresql://db/", "postgresql://db?dbname=x", "host=db", "dbname='host=db'"}) {
    EXPECT_EQ(name_of(url), "postgres") << url;
  }
}

TEST_F(ConfigPostgres, APieceOfAPasswordIsNoName) {
  for (const char* url : {"postgresql://anna:12/34?56@db/app", "password='x dbname=hunter' host=db",
                          "dbname='host=db password=hunter2'"}) {
    set("APP_URL", url);
    EXPECT_EQ(select_database({}, "env:APP_URL").name, "postgres") << url;
  }
}

TEST_F(ConfigPostgres, MalformedUrlsAreRefusedAndNotRepeated) {
  const std::string nothing = "this URL names neither a server nor a database; write postgresql://USER@HOST/DATABASE";
  const std::string pieces =
      "this URL cannot be taken apart: write '/' in a user, a password or a name as %2F, '@' as %40, ':' as %3A";
  const std::string control =
      "this URL holds a zero byte, a line end or another control character; take it out, or write it as %XX";
  const std::string words =
      "this is no connection string; write KEYWORD=VALUE, in single quotes where the value holds a blank";
  const std::string nested = "the dbname in this URL is a URL itself; write that one alone";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"postgresql:", nothing},
      {"postgres:app", nothing},
      {"postgresql://", nothing},
      {"postgresql+psycopg:///", nothing},
      {"postgresql:/db/app", nothing},
      {"postgresql://db:hunter2/app", pieces},
      {"postgresql://anna:hun/ter2@db/app", pieces},
      {"postgresql://anna:hun@ter2@db/app", pieces},
      {"postgresql://anna:hun@ter2/x@db/app", pieces},
      {"postgresql://anna:1/hunter2@db/app", pieces},
      {"postgresql://[::1/app", pieces},
      {"postgresql://db/app\n", control},
      {"postgresql://db/a\x7Fpp", control},
      {"host=db\ndbname=app", control},
      {"host=db password=hun ter2", words},
      {"host=db password='hunter2", words},
      {"dbname='postgresql://anna:hunter2@db/app'", nested},
      {"postgresql://db/postgres:%2F%2Fanna:hunter2%40db", nested},
      {"postgresql://db?dbname=postgres:%2F%2Fanna:hunter2%40db", nested}};
  for (const auto& [url, message] : cases) {
    set("APP_URL", url);
    EXPECT_EQ(mistake_in("[database.app]\nurl = 'env:APP_URL'\n"), "FILE:2:7: database.app.url: " + message) << url;
    EXPECT_EQ(in_postgres("admin_url = 'env:APP_URL'"), "FILE:3:13: database.app.admin_url: " + message) << url;
    const ErrorInfo info = refusal("env:APP_URL");
    EXPECT_EQ(info.code, "bad_database_url") << url;
    EXPECT_EQ(info.message, message);
    EXPECT_EQ(info.object + info.next, "");
  }
  EXPECT_EQ(mistake_in("[database.app]\nurl = \"postgresql://db/a\\u0000\"\n"),
            "FILE:2:7: database.app.url: " + control);
  EXPECT_EQ(refusal(std::string("postgresql://db/a\0b", 19)).message, control);
}

TEST_F(ConfigPostgres, AMisspeltUrlWithAPasswordIsNoPath) {
  for (const char* url : {"postgres//anna:hunter2@db/app", " postgresql://anna:hunter2@db/app",
                          "sqlite://anna:hunter2@db/app", "x y password=hunter2"}) {
    set("APP_URL", url);
    const std::string message =
        "this seems to hold a password, and SQLite knows none; write postgresql://…, or the path of a file";
    EXPECT_EQ(mistake_in("[database.app]\nurl = 'env:APP_URL'\n"), "FILE:2:7: database.app.url: " + message) << url;
    EXPECT_EQ(refusal("env:APP_URL").message, message);
    EXPECT_EQ(refusal(url).code, "password_in_argument");
  }
}

TEST_F(ConfigPostgres, AUrlTakenForANameIsNotRepeated) {
  EXPECT_EQ(mistake_in("[database.'postgresql://anna:hunter2@db/app']\nlevel = 1\n"),
            "FILE:1:11: database.…: a database's name may hold letters, digits, '_', '.' and '-', and begins with a "
            "letter, a digit or '_'");
}

TEST_F(ConfigPostgres, AUrlInAWrongLineIsNotRepeated) {
  const std::string message =
      "this holds a password, which must not stand here; write url = \"env:NAME\" and set that environment variable";
  const std::string url = "'postgresql://anna:hunter2@db/app'";
  EXPECT_EQ(mistake_in("timezone = " + url + "\n"), "FILE:1:12: timezone: " + message);
  EXPECT_EQ(in_postgres("lock_timeout = " + url), "FILE:3:16: database.app.lock_timeout: " + message);
  EXPECT_EQ(in_postgres("max_rate = " + url), "FILE:3:12: database.app.max_rate: " + message);
  const std::string check = "[[database.app.check]]\nsql = 's'\nname = " + url + "\n";
  EXPECT_EQ(in_postgres(check + check), "FILE:8:8: database.app.check.name: " + message);
  set("DBROLLBACK_JOBS", "postgresql://anna:hunter2@db/app");
  EXPECT_EQ(in_postgres(""), "DBROLLBACK_JOBS: " + message);
}

TEST_F(ConfigPostgres, ItsKeysAreRead) {
  const DatabaseConfig app = loaded(
      "url = 'postgresql://db/app'\njobs = 8\nyield_after = '250ms'\nmax_rate = '50MB'\npg_bin = 'pg/../bin/'\n"
      "admin_url = 'postgresql://admin@db/postgres'\nscratch_url = 'host=/run/scratch'\nscratch_user = 'postgres'\n"
      "lock_timeout = '1s'\nlevel = 3\nthreads = 4\ntables = ['public.*', '*.orders']\nexclude_tables = ['log_?']\n");
  EXPECT_EQ(app.jobs, 8U);
  EXPECT_EQ(app.yield_after, 250ms);
  EXPECT_EQ(app.max_rate, 50'000'000U);
  EXPECT_EQ(app.tables, (std::vector<std::string>{"public.*", "*.orders"}));
  EXPECT_EQ(app.exclude_tables, (std::vector<std::string>{"log_?"}));
  EXPECT_EQ(app.pg_bin, folder() / "bin");
  EXPECT_EQ(app.admin_url, "postgresql://admin@db/postgres");
  EXPECT_EQ(app.scratch_url, "host=/run/scratch");
  EXPECT_EQ(app.scratch_user, "postgres");
  EXPECT_EQ(app.lock_timeout, 1s);
  EXPECT_EQ(app.level, 3);
  EXPECT_EQ(app.threads, 4U);
  EXPECT_EQ(loaded("url = 'postgresql://db/app'\njobs = 1\n").jobs, 1U);
  EXPECT_EQ(loaded("url = 'postgresql://db/app'\njobs = 64\nmax_rate = '1kB'\n").max_rate, 1000U);
  set("HOME", "/home/anna");
  EXPECT_EQ(loaded("url = 'postgresql://db/app'\npg_bin = '~/pg'\n").pg_bin, "/home/anna/pg");
}

TEST_F(ConfigPostgres, ItsKeysHaveDefaults) {
  const DatabaseConfig app = loaded("url = 'postgresql://db/app'\n");
  EXPECT_EQ(app.jobs, 2U);
  EXPECT_EQ(app.yield_after, 5s);
  EXPECT_EQ(app.max_rate, 0U);
  EXPECT_TRUE(app.tables.empty() && app.exclude_tables.empty());
  EXPECT_EQ(app.pg_bin, "");
  EXPECT_EQ(app.admin_url + app.admin_url_problem + app.scratch_url + app.scratch_url_problem + app.scratch_user, "");
}

TEST_F(ConfigPostgres, MistakesInItsKeysAreNamed) {
  EXPECT_EQ(in_postgres("jobs = 0"),
            "FILE:3:8: database.app.jobs: 0 is out of range; it must be a whole number from 1 to 64");
  EXPECT_EQ(in_postgres("jobs = 65"),
            "FILE:3:8: database.app.jobs: 65 is out of range; it must be a whole number from 1 to 64");
  EXPECT_EQ(in_postgres("jobs = '2'"),
            "FILE:3:8: database.app.jobs: must be a whole number from 1 to 64, not a text in quotes");
  EXPECT_EQ(in_postgres("yield_after = 5"),
            "FILE:3:15: database.app.yield_after: must be a duration in quotes, like \"5s\", not a whole number");
  EXPECT_EQ(in_postgres("yield_after = '5'"),
            "FILE:3:15: database.app.yield_after: \"5\" is not a duration; write a whole number and a unit: 250ms, 5s, "
            "2m, 36h or 7d");
  EXPECT_EQ(in_postgres("yield_after = '25h'"),
            "FILE:3:15: database.app.yield_after: \"25h\" is out of range; it must be at most 1d");
  EXPECT_EQ(in_postgres("max_rate = 50"),
            "FILE:3:12: database.app.max_rate: must be a size in quotes, like \"50MB\", not a whole number");
  EXPECT_EQ(
      in_postgres("max_rate = '50'"),
      "FILE:3:12: database.app.max_rate: \"50\" is not a size; write a whole number and a unit: 512kB, 50MB, 2GB, "
      "64MiB or 1GiB");
  EXPECT_EQ(in_postgres("max_rate = '999B'"),
            "FILE:3:12: database.app.max_rate: \"999B\" is out of range; it must be at least 1kB");
  EXPECT_EQ(in_postgres("max_rate = '1001TB'"),
            "FILE:3:12: database.app.max_rate: \"1001TB\" is too large; write at most 1000TB");
  EXPECT_EQ(in_postgres("tables = 'orders'"),
            "FILE:3:10: database.app.tables: must be a list of texts, like [\"public.*\"], not a text in quotes");
  EXPECT_EQ(in_postgres("exclude_tables = [1]"),
            "FILE:3:19: database.app.exclude_tables: must be a text in quotes, not a whole number");
  EXPECT_EQ(in_postgres("tables = ['']"), "FILE:3:11: database.app.tables: must not be empty");
  EXPECT_EQ(in_postgres("pg_bin = ''"), "FILE:3:10: database.app.pg_bin: must not be empty");
  EXPECT_EQ(in_postgres("pg_bin = true"),
            "FILE:3:10: database.app.pg_bin: must be a text in quotes, not true or false");
  EXPECT_EQ(
      in_postgres("pg_bin = '~anna/bin'"),
      "FILE:3:10: database.app.pg_bin: only ~/ stands for a home folder here; write the whole path (or ./~… for a "
      "folder of that name)");
  EXPECT_EQ(in_postgres("pg_bin = \"a\\u0000\""),
            "FILE:3:10: database.app.pg_bin: this is no path; give the path of a folder");
  EXPECT_EQ(in_postgres("scratch_user = ['a']"),
            "FILE:3:16: database.app.scratch_user: must be a text in quotes, not a list");
  for (const char* name : {"a b", "-a", "a:b", "a/b", "a\\tb", "\\u0000"}) {
    EXPECT_EQ(in_postgres("scratch_user = \"" + std::string(name) + "\""),
              "FILE:3:16: database.app.scratch_user: this is no account's name; give one that `getent passwd` lists");
  }
}

TEST_F(ConfigPostgres, ServersAreThoseOfPostgres) {
  for (const std::string key : {"admin_url", "scratch_url"}) {
    const std::string place = "FILE:3:" + std::to_string(key.size() + 4) + ": database.app." + key + ": ";
    EXPECT_EQ(in_postgres(key + " = 'sqlite:/a.db'"),
              place + "this names no PostgreSQL server; write postgresql://USER@HOST/DATABASE, or env:NAME");
    EXPECT_EQ(in_postgres(key + " = 5"), place + "must be a text in quotes, not a whole number");
    EXPECT_EQ(in_postgres(key + " = ''"), place + "must not be empty");
    EXPECT_EQ(in_postgres(key + " = 'env:hunter2@secret'"),
              place + "what follows env: is not the name of an environment variable; write env:NAME");
    for (const char* url : {"postgresql://anna:hunter2@db", "host=db\\tpassword=hunter2", "host='db'password=hunter2",
                            "postgresql://db?p%61ssword=hunter2", "postgresql://db?scram_client_key=hunter2"}) {
      EXPECT_EQ(in_postgres(key + " = \"" + std::string(url) + "\""),
                place +
                    "this URL holds a password, which must not stand in this file; write env:NAME and set that "
                    "environment variable, or leave the password out and keep it in ~/.pgpass")
          << url;
    }
  }
}

TEST_F(ConfigPostgres, AnUnsetVariableOfAServerIsNamedWhereItIsNeeded) {
  set("APP_URL", std::nullopt);
  const DatabaseConfig app =
      loaded("url = 'postgresql://db/app'\nadmin_url = 'env:APP_URL'\nscratch_url = 'env:APP_URL'\n");
  const std::string unset = "the environment variable APP_URL is not set, or empty; set it";
  EXPECT_EQ(app.admin_url + app.scratch_url, "");
  EXPECT_EQ(app.admin_url_problem, file().native() + ":3:13: database.app.admin_url: " + unset);
  EXPECT_EQ(app.scratch_url_problem, file().native() + ":4:15: database.app.scratch_url: " + unset);
}

TEST_F(ConfigPostgres, AKeyOfTheOtherKindIsAMistake) {
  EXPECT_EQ(in_postgres("max_writer_pause = '5s'"),
            "FILE:3:1: database.app.max_writer_pause: is for SQLite only: a snapshot of a PostgreSQL database never "
            "keeps anybody from writing; yield_after bounds how long others may wait for its locks; take it out");
  const std::string only = ": is for PostgreSQL only: ";
  EXPECT_EQ(in_sqlite("jobs = 2"),
            "FILE:3:1: database.app.jobs" + only +
                "an SQLite database is one file, which is read in one piece; threads says how many compress; take it "
                "out");
  EXPECT_EQ(in_sqlite("yield_after = '5s'"),
            "FILE:3:1: database.app.yield_after" + only +
                "nobody queues behind a snapshot of an SQLite database; max_writer_pause bounds how long it may keep "
                "the application from writing; take it out");
  EXPECT_EQ(in_sqlite("max_rate = '5MB'"), "FILE:3:1: database.app.max_rate" + only +
                                               "an SQLite database has no server that has to be spared; take it out");
  EXPECT_EQ(in_sqlite("pg_bin = '/x'"),
            "FILE:3:1: database.app.pg_bin" + only + "an SQLite database needs no programs of PostgreSQL; take it out");
  EXPECT_EQ(in_sqlite("admin_url = 'postgresql://db'"),
            "FILE:3:1: database.app.admin_url" + only + "an SQLite database has no roles; take it out");
  for (const std::string line : {"scratch_url = 'postgresql://db'", "scratch_user = 'x'"}) {
    EXPECT_EQ(in_sqlite(line), "FILE:3:1: database.app." + line.substr(0, line.find(' ')) + only +
                                   "a snapshot of an SQLite database is proven in a temporary file; take it out");
  }
  EXPECT_EQ(mistake_in("[database.app]\njobs = 2\nurl = 'a.db'\n").substr(0, 9), "FILE:2:1:") << "wherever url stands";
}

TEST_F(ConfigPostgres, OfWhichKindADatabaseIsMayNotBeKnownYet) {
  set("APP_URL", std::nullopt);
  const DatabaseConfig app = loaded("url = 'env:APP_URL'\njobs = 3\nmax_writer_pause = '1s'\n");
  EXPECT_EQ(app.jobs, 3U);
  EXPECT_NE(app.url_problem, "");
}

TEST_F(ConfigPostgres, VariablesStandAboveTheFile) {
  set("DBROLLBACK_JOBS", "9");
  set("DBROLLBACK_YIELD_AFTER", "1m");
  set("DBROLLBACK_MAX_RATE", "1GiB");
  set("DBROLLBACK_PG_BIN", "bin");
  set("DBROLLBACK_ADMIN_URL", "postgresql://admin:hunter2@db/postgres");
  set("DBROLLBACK_SCRATCH_URL", "env:APP_URL");
  set("DBROLLBACK_SCRATCH_USER", "nobody");
  set("APP_URL", "host=db password=hunter2");
  for (const DatabaseConfig& app :
       {loaded("url = 'postgresql://db/app'\njobs = 1\nyield_after = '1s'\nmax_rate = '1MB'\npg_bin = '/x'\n"
               "admin_url = 'postgresql://x'\nscratch_url = 'env:NOT_SET'\nscratch_user = 'x'\n"),
        select_database({}, "postgresql://db/app")}) {
    EXPECT_EQ(app.jobs, 9U);
    EXPECT_EQ(app.yield_after, 60s);
    EXPECT_EQ(app.max_rate, 1U << 30U);
    EXPECT_EQ(app.pg_bin, folder() / "bin") << "relative to the working directory";
    EXPECT_EQ(app.admin_url, "postgresql://admin:hunter2@db/postgres");
    EXPECT_EQ(app.scratch_url, "host=db password=hunter2");
    EXPECT_EQ(app.scratch_url_problem, "");
    EXPECT_EQ(app.scratch_user, "nobody");
  }
  EXPECT_EQ(loaded("url = 'a.db'\n").engine, Engine::sqlite) << "a variable is for whoever has a use for it";
  set("APP_URL", std::nullopt);
  EXPECT_EQ(select_database({}, "postgresql://db/app").scratch_url_problem,
            "DBROLLBACK_SCRATCH_URL: the environment variable APP_URL is not set, or empty; set it");
}

TEST_F(ConfigPostgres, MistakesInVariablesNameThem) {
  EXPECT_EQ(mistake_of("DBROLLBACK_JOBS", "0"),
            "DBROLLBACK_JOBS: 0 is out of range; it must be a whole number from 1 to 64");
  EXPECT_EQ(mistake_of("DBROLLBACK_JOBS", "x"), "DBROLLBACK_JOBS: \"x\" must be a whole number from 1 to 64");
  EXPECT_EQ(mistake_of("DBROLLBACK_YIELD_AFTER", "2d"),
            "DBROLLBACK_YIELD_AFTER: \"2d\" is out of range; it must be at most 1d");
  EXPECT_EQ(mistake_of("DBROLLBACK_MAX_RATE", "5"),
            "DBROLLBACK_MAX_RATE: \"5\" is not a size; write a whole number and a unit: 512kB, 50MB, 2GB, 64MiB or "
            "1GiB");
  EXPECT_EQ(mistake_of("DBROLLBACK_PG_BIN", "~anna"),
            "DBROLLBACK_PG_BIN: only ~/ stands for a home folder here; write the whole path (or ./~… for a folder of "
            "that name)");
  EXPECT_EQ(
      mistake_of("DBROLLBACK_ADMIN_URL", "a.db"),
      "DBROLLBACK_ADMIN_URL: this names no PostgreSQL server; write postgresql://USER@HOST/DATABASE, or env:NAME");
  EXPECT_EQ(mistake_of("DBROLLBACK_SCRATCH_URL", "postgresql://anna:hun/ter2@db"),
            "DBROLLBACK_SCRATCH_URL: this URL cannot be taken apart: write '/' in a user, a password or a name as %2F, "
            "'@' as %40, ':' as %3A");
  EXPECT_EQ(mistake_of("DBROLLBACK_SCRATCH_USER", "a b"),
            "DBROLLBACK_SCRATCH_USER: this is no account's name; give one that `getent passwd` lists");
}

TEST_F(ConfigPostgres, APasswordInAnArgumentIsRefused) {
  for (const char* argument : {"host=db\tpassword=hunter2", "host='db'password=hunter2", "host=db Password = hunter2",
                               "postgresql://db?p%61ssword=hunter2", "postgresql://anna:hun?ter2@db",
                               "postgres//anna:hunter2@db", "postgresql:anna:hunter2@db", "postgres:/anna:hunter2@db",
                               "postgresql://anna@db:hun/ter2@x", "postgresql://an@na:hunter2@db"}) {
    EXPECT_EQ(refusal(argument).code, "password_in_argument") << argument;
    EXPECT_EQ(error_of([&] { refuse_password(argument); }).code, "password_in_argument") << argument;
  }
  for (const char* argument : {"postgresql://anna:@db/app", "postgresql://h1:1,[::1]:2/app?x=a@b", "a@b:c", "/a//b.db",
                               "v1.2.3", "fixed by anna@example.org: see https://ci:8080/x@y"}) {
    EXPECT_NO_THROW(refuse_password(argument)) << argument;
  }
}

}  // namespace
}  // namespace dbrollback::config_test
