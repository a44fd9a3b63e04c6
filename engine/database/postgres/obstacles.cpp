#include "engine/database/postgres/obstacles.hpp"

#include <array>

#include "engine/base/text.hpp"
#include "engine/database/postgres/other_sessions.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// `sql` gives the name of each object that is one.
struct Search {
  const char* name;
  const char* one;
  const char* many;
  const char* consequence;
  const char* next;
  const char* sql;
};

// Replication is seen by everybody, the kinds of other roles' sessions are not: those are foreign sessions then. The
// extensions are bound to a database by its name, or begin workers in each that they find.
constexpr std::array<Search, 5> searches{
    {{"prepared-transactions", "prepared transaction", "prepared transactions", "no database with one can be renamed",
      "COMMIT PREPARED or ROLLBACK PREPARED each, in a session of this database",
      "SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY gid"},
     {"logical-slots", "logical replication slot", "logical replication slots",
      "what reads it stays with the replaced database and gets nothing of the restored one",
      "stop what reads it, SELECT pg_drop_replication_slot(NAME), and set it up again after the restore",
      "SELECT slot_name FROM pg_replication_slots WHERE database = current_database() ORDER BY slot_name"},
     {"subscriptions", "subscription", "subscriptions",
      "it goes on filling the replaced database, and is disabled in the restored one",
      "ALTER SUBSCRIPTION NAME DISABLE, and set it up again after the restore",
      "SELECT s.subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
      "WHERE d.datname = current_database() ORDER BY s.subname"},
     {"wal-senders", "replication connection", "replication connections",
      "it is ended, and cannot go on in the restored database",
      "stop what receives there, and set it up again after the restore",
      "SELECT 'process ' || r.pid || ' (' || coalesce(r.application_name, '') || ')' "
      "FROM pg_stat_replication r JOIN pg_stat_activity a ON a.pid = r.pid WHERE a.datname = current_database() "
      "ORDER BY r.pid"},
     {"background-workers", "background worker", "background workers",
      "it is bound to this database or to its name, and does not know the restored one",
      "stop it for the restore, as its extension's manual says, and look at it afterwards",
      R"(
SELECT 'process ' || pid || ' (' || backend_type || ')' FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type NOT LIKE 'logical replication%'
  AND backend_type NOT IN ('client backend', 'parallel worker', 'autovacuum worker', 'walsender')
UNION ALL SELECT 'pg_cron (cron.database_name)' FROM pg_settings
WHERE name = 'cron.database_name' AND setting = current_database()
UNION ALL SELECT 'the extension ' || extname FROM pg_extension
WHERE extname = 'timescaledb' AND coalesce((
  SELECT setting LIKE '%timescaledb%' FROM pg_settings WHERE name = 'shared_preload_libraries'), true))"}}};

void add(std::vector<Obstacle>& out, const Search& search, Connection& live) {
  const Result rows = live.execute(search.sql);
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    names.push_back(base::printable(rows.text(row, 0)));
  }
  if (!names.empty()) {
    out.push_back({.name = search.name,
                   .description = cat("the database has ", base::plural(names.size(), search.one, search.many), ": ",
                                      base::join(names, ", "), "; ", search.consequence),
                   .next = search.next});
  }
}

void add_foreign_sessions(std::vector<Obstacle>& out, Connection& live) {
  const std::string oid = live.value("SELECT oid FROM pg_database WHERE datname = current_database()").value_or("0");
  std::vector<OtherSession> foreign;
  for (const OtherSession& session : other_sessions(live, {oid})) {
    if (!session.may_be_ended) {
      foreign.push_back(session);
    }
  }
  if (!foreign.empty()) {
    out.push_back({.name = "foreign-sessions",
                   .description = cat("this role may not end ", named(foreign),
                                      ", and no database with a session in it can be renamed"),
                   .next = "end them, GRANT pg_signal_backend to this role, or use a superuser (its sessions only "
                           "another one ends)"});
  }
}

}  // namespace

std::vector<Obstacle> find_obstacles(Connection& live) {
  std::vector<Obstacle> out;
  for (const Search& search : searches) {
    if (search.name == std::string_view("background-workers")) {
      add_foreign_sessions(out, live);
    }
    add(out, search, live);
  }
  return out;
}

}  // namespace dbrollback::database::postgres
