#include "engine/migrate/other_tool.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/lock.hpp"
#include "engine/base/run.hpp"
#include "engine/base/text.hpp"
#include "engine/database/script_session.hpp"
#include "engine/migrate/own_lock.hpp"
#include "engine/repository/take.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view version_mark = "{version}";

// Where tools keep the version, and what it is there (the tools' own documentation).
struct KnownTable {
  std::string_view table;
  std::string_view query;
};

constexpr std::array<KnownTable, 7> known_tables{{
    {"alembic_version", "SELECT version_num FROM TABLE ORDER BY version_num"},
    {"django_migrations", "SELECT app || '.' || name FROM TABLE ORDER BY id DESC LIMIT 1"},
    {"flyway_schema_history", "SELECT version FROM TABLE WHERE success ORDER BY installed_rank DESC LIMIT 1"},
    {"_prisma_migrations",
     "SELECT migration_name FROM TABLE WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL "
     "ORDER BY finished_at DESC LIMIT 1"},
    {"atlas_schema_revisions", "SELECT version FROM TABLE ORDER BY version DESC LIMIT 1"},
    {"knex_migrations", "SELECT name FROM TABLE ORDER BY id DESC LIMIT 1"},
    {"schema_migrations", "SELECT version FROM TABLE ORDER BY version DESC LIMIT 1"},
}};

std::string joined(const std::vector<schema::Row>& rows) {
  std::vector<std::string> out;
  for (const schema::Row& row : rows) {
    if (!row.empty() && row.front()) {
      out.push_back(*row.front());
    }
  }
  return base::join(out, ", ");
}

struct Version {
  std::string table;  // empty: the configured query
  std::string version;
};

// In a session of its own: the tool must meet no transaction of ours.
Version read_version(const DatabaseConfig& database, const database::Tick& tick) {
  const auto session = database::open_script_session(database, tick);
  if (!database.migrate.version.empty()) {
    return {.table = {}, .version = joined(session->rows(database.migrate.version))};
  }
  for (const KnownTable& known : known_tables) {
    const schema::Format by_name{.name = {}, .table = known.table};
    const auto found = session->find(by_name, std::string(known.table), false);
    if (found.exists) {
      std::string query(known.query);
      query.replace(query.find("TABLE"), std::string_view("TABLE").size(), found.place.name());
      return {.table = std::string(known.table), .version = joined(session->rows(query))};
    }
  }
  return {};
}

std::vector<std::string> with_version(std::vector<std::string> command, const std::string& version,
                                      const std::string& database) {
  for (std::string& argument : command) {
    const std::size_t at = argument.find(version_mark);
    if (at == std::string::npos) {
      continue;
    }
    if (version.empty()) {
      base::fail_usage("missing_version", cat("the command for ", printable(database), " takes a version"), database,
                       "give --to VERSION, or set migrate.latest in the configuration");
    }
    argument.replace(at, version_mark.size(), version);
  }
  return command;
}

std::string last_lines(const base::Outcome& outcome) {
  constexpr std::size_t most = 600;
  const std::string& text = outcome.messages.empty() ? outcome.output : outcome.messages;
  return printable(text.size() > most ? text.substr(text.size() - most) : text);
}

std::string ending(const base::Outcome& outcome) {
  return outcome.signal != 0 ? cat("was ended by signal ", outcome.signal) : cat("ended with status ", outcome.status);
}

}  // namespace

MigrateStatus command_status(const DatabaseConfig& database, Observer& observer) {
  const Version now = read_version(database, repository::view_options(database, observer).tick);
  MigrateStatus out;
  out.database = database.name;
  out.format = "command";
  out.table = now.table;
  out.version = now.version;
  return out;
}

MigrateResult run_command(repository::Store& store, const DatabaseConfig& database, const std::string& identity,
                          bool up, const MigrateOptions& options, base::FileLock* lock, Observer& observer) {
  const auto& command = up ? database.migrate.up : database.migrate.down;
  if (command.empty()) {
    base::fail_usage("no_command",
                     cat("no command is configured that reverts migrations of ", printable(database.name)),
                     database.name, "set migrate.down_command in the configuration");
  }
  if (!up && options.to == "none") {
    base::fail_usage("bad_value", "`none` is a word of dbrollback, and the command is another tool's", options.to,
                     "give --to what that tool calls it, such as `base` of Alembic");
  }
  const auto arguments =
      with_version(command, up && options.to.empty() ? database.migrate.latest : options.to, database.name);
  const auto tick = repository::view_options(database, observer).tick;
  const auto alone = store.lock_database(identity, database.name);
  const auto locks = database::open_script_session(database, tick);
  locks->lock({own_lock}, database.lock_timeout);

  const auto began = Clock::now();
  const Version before = read_version(database, tick);
  observer.progress({.phase = cat("running ", printable(arguments.front())), .done = 0, .total = 0, .unit = "steps"});
  const base::Outcome outcome = base::run({.arguments = arguments, .tick = tick, .lock = lock});
  if (lock != nullptr) {
    lock->release();  // it is over, whatever it leaves behind
  }
  const Version after = read_version(database, tick);
  if (!outcome.succeeded()) {
    const bool moved = before.version != after.version;
    base::fail({.code = "command_failed",
                .exit = moved ? Exit::partial : Exit::failed,
                .message = cat(printable(arguments.front()), " ", ending(outcome), ": ", last_lines(outcome)),
                .object = arguments.front(),
                .state = moved ? cat("the version is now ", printable(after.version), "; it was ",
                                     before.version.empty() ? "none" : printable(before.version))
                               : cat("the version is ", after.version.empty() ? "still none" : printable(after.version),
                                     ", as before; what else the command did, it alone knows"),
                .next = "mend what it says, then run this again"});
  }
  return {.database = database.name,
          .format = "command",
          .from = before.version,
          .to = after.version,
          .steps = {},
          .warnings = {},
          .output = outcome.output + outcome.messages,
          .duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began)};
}

}  // namespace dbrollback::migrate
