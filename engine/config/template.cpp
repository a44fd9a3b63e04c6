// A new configuration file.
#include <array>
#include <cstdio>

#include "dbrollback/config.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/config/defaults.hpp"
#include "engine/config/duration.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/postgres_url.hpp"
#include "engine/config/rules.hpp"
#include "engine/config/template_app.hpp"
#include "engine/config/url.hpp"
#include "engine/config/utf8.hpp"

namespace dbrollback {

namespace config {

namespace {

// A TOML basic string.
std::string quoted(const std::string& text) {
  if (first_invalid_utf8(text)) {
    base::fail_usage("config", base::cat(base::printable(text), " is not UTF-8, which a configuration file must be"),
                     base::printable(text), "give it a name in UTF-8, or use it without a configuration file");
  }
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      std::array<char, 8> escape{};
      (void)std::snprintf(escape.data(), escape.size(), "\\u%04X", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string section(const std::string& name) {
  return name.find('.') == std::string::npos ? base::cat("database.", name) : base::cat("database.", quoted(name));
}

std::string top(const std::string& repository) {
  const Config standard;
  const Retention& keep = standard.keep;
  return base::cat(
      "# The configuration of dbrollback. A key in a comment shows its default, or an example where it has none.\n"
      "# Relative paths are relative to this file. Most keys can be overridden: DBROLLBACK_REPOSITORY, "
      "DBROLLBACK_LEVEL.\n"
      "\n"
      "# The folder where snapshots are kept. ~/ is your home; \"env:NAME\" reads an environment variable.\n",
      repository.empty() ? base::cat("# repository = ", quoted(default_repository()))
                         : base::cat("repository = ", quoted(repository)),
      "\n\n"
      "# In which time zone days, weeks and months begin, for the rules below.\n"
      "# timezone = ",
      quoted(standard.timezone),
      "\n\n"
      "# What `dbrollback prune` keeps of each database: the last ones, and one for each of so many days, weeks and\n"
      "# months. A snapshot goes only when no rule keeps it. 0 switches a rule off.\n"
      "# keep = { last = ",
      keep.last, ", daily = ", keep.daily, ", weekly = ", keep.weekly, ", monthly = ", keep.monthly, " }\n\n");
}

std::string tuning() {
  const DatabaseConfig standard;
  return base::cat(
      "\n# How hard to compress, from 1 (fast) to 19 (small), and on how many threads (0: one for each core).\n"
      "# level = ",
      standard.level, "\n# threads = ", standard.threads,
      "\n\n"
      "# How long to wait for a locked database.\n"
      "# lock_timeout = ",
      quoted(write_duration(standard.lock_timeout)), "\n");
}

std::string sqlite_tuning() {
  return base::cat(
      "\n# SQLite only: how long a snapshot may keep the application from writing.\n"
      "# max_writer_pause = ",
      quoted(write_duration(DatabaseConfig().max_writer_pause)), "\n");
}

std::string postgres_tuning() {
  const DatabaseConfig standard;
  return base::cat(
      "\n# PostgreSQL only: how many connections a snapshot or a restore opens, how long somebody may wait for a\n"
      "# snapshot's locks before it gives up, and how many bytes a second it reads at most (without it: no limit).\n"
      "# jobs = ",
      standard.jobs, "\n# yield_after = ", quoted(write_duration(standard.yield_after)),
      "\n# max_rate = \"50MB\"\n"
      "\n"
      "# PostgreSQL only: whose rows a snapshot stores (without them: those of all tables). A snapshot without some is "
      "no\n"
      "# whole one: it is restored into another database only.\n"
      "# tables = [\"public.*\"]\n"
      "# exclude_tables = [\"public.log_*\"]\n"
      "\n"
      "# PostgreSQL only: the folder of pg_dump and pg_restore (without it: those that fit the server), and where\n"
      "# another role makes databases (without it: url).\n"
      "# pg_bin = \"/usr/lib/postgresql/15/bin\"\n"
      "# admin_url = \"postgresql://admin@/postgres\"\n"
      "\n"
      "# PostgreSQL only: a server for proofs by restoring (without it: a temporary one), and the account that runs a\n"
      "# temporary one when dbrollback runs as root.\n"
      "# scratch_url = \"postgresql://scratch@/postgres\"\n"
      "# scratch_user = \"postgres\"\n");
}

// Which kinds of database `url` may be of.
struct Kinds {
  bool sqlite;
  bool postgres;
};
Kinds kinds_of(const std::string& url) {
  const bool unknown = url.empty() || resolve(url).from_environment;
  const bool postgres = is_postgres_url(url);
  return {.sqlite = unknown || !postgres, .postgres = unknown || postgres};
}

std::string migrations_example() {
  return "\n# Its migrations: their folder, the tool that they are of (without it: found by the files), and that "
         "tool's table\n"
         "# (without it: as the tool calls it). Where they are code, another tool's command runs them instead:\n"
         "#   migrate = { command = [\"alembic\", \"upgrade\", \"{version}\"], down_command = [\"alembic\", "
         "\"downgrade\",\n"
         "#               \"{version}\"], latest = \"head\" }\n"
         "# migrations = \"db/migrations\"\n"
         "# migrations_format = \"dbmate\"\n"
         "# migrations_table = \"schema_migrations\"\n";
}

std::string check_example(const std::string& name) {
  return base::cat(
      "\n"
      "# An integrity query: one statement that returns one value, run with every snapshot and again on whatever is\n"
      "# restored from it. Without `expect`, or with \"unchanged\", it must return what it returned then.\n"
      "# [[",
      section(name),
      ".check]]\n"
      "# name = \"no order without a customer\"\n"
      "# sql = \"SELECT count(*) FROM orders WHERE customer_id NOT IN (SELECT id FROM customers)\"\n"
      "# expect = 0\n");
}

std::string database_head(const std::string& name, const std::string& url) {
  const std::string mark = url.empty() ? "# " : "";
  return base::cat(
      "# A database, under a name of your choice: `dbrollback snapshot --database ", name,
      "`. Write a section for each.\n", mark, "[", section(name),
      "]\n"
      "# sqlite:PATH, file:PATH, a path, or postgresql://USER@HOST/DATABASE. A URL with a secret in it comes\n"
      "# from the environment: \"env:DATABASE_URL\".\n",
      mark, "url = ", quoted(url.empty() ? "sqlite:/srv/app/app.db" : url), "\n");
}

}  // namespace

}  // namespace config

std::string config_template(const std::string& repository, const std::string& database_name,
                            const std::string& database_url) {
  const std::string name = database_name.empty() ? "app" : database_name;
  if (!config::is_database_name(name)) {
    base::fail_usage("config", base::cat("\"", base::printable(name), "\" cannot be a database's name"),
                     base::printable(name), "use letters, digits, '_', '.' and '-', the first no '.' or '-'");
  }
  if (config::holds_password(database_url)) {
    base::fail_usage("config", "the database's URL holds a password, which must not stand in a configuration file", {},
                     "give env:NAME instead and set that environment variable");
  }
  const config::Kinds kinds = config::kinds_of(database_url);
  return config::top(repository) + config::database_head(name, database_url) + config::tuning() +
         (kinds.sqlite ? config::sqlite_tuning() : "") + (kinds.postgres ? config::postgres_tuning() : "") +
         config::migrations_example() + config::check_example(name) + config::application_example();
}

}  // namespace dbrollback
