#include "engine/database/postgres/rename_databases.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/watched_threads.hpp"
#include "engine/database/postgres/connect_beside.hpp"
#include "engine/database/postgres/other_sessions.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds pause{10};
constexpr std::chrono::milliseconds most_foreign{500};
constexpr std::chrono::milliseconds pause_after_loss{200};
constexpr std::chrono::seconds most_after_loss{30};

constexpr const char* databases_sql = R"(
SELECT d.datname, d.oid, pg_has_role(d.datdba, 'USAGE'),
       (SELECT m.rolsuper OR m.rolcreatedb FROM pg_roles m WHERE m.rolname = current_user)
FROM pg_database d WHERE d.datname IN ($1, $2, $3))";

constexpr const char* prepared_sql =
    "SELECT x.gid FROM pg_prepared_xacts x JOIN pg_database d ON d.datname = x.database WHERE d.oid = ANY ($1::oid[])";

// The process $1 has the lock on the database $2 with which nobody else can enter it.
constexpr const char* locked_sql = R"(
SELECT 1 FROM pg_locks WHERE pid = $1::int AND locktype = 'object' AND classid = 'pg_database'::regclass
  AND objid = $2::oid AND mode = 'AccessExclusiveLock' AND granted)";

// Not in the WHERE clause, whose conditions the server may ask in any order.
constexpr const char* end_sql = R"(
SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datid = ANY ($1::oid[]) AND pid = ANY ($2::int[]))";

class Swap {
 public:
  Swap(const Parameters& admin, const Renaming& names, const ConnectionOptions& options)
      : admin_(&admin), names_(&names), options_(options), renamer_(connect()), ender_(connect()) {}

  Renamed run() {
    look();
    wait_for_foreign_sessions();
    since_ = Clock::now();
    try {
      // Not from the connection: a pooler has process ids of its own.
      (void)renamer_->execute("BEGIN READ WRITE");
      pid_ = renamer_->value("SELECT pg_backend_pid()").value_or("");
      rename();
    } catch (const Error& error) {
      roll_back();
      fail_unchanged(error);
    } catch (...) {
      roll_back();
      throw;
    }
    commit();
    return {.downtime = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since_),
            .ended = ended_.size(),
            .replaced = live_.has_value()};
  }

 private:
  [[nodiscard]] std::unique_ptr<Connection> connect() const {
    return connect_beside(*admin_, options_, {names_->live, names_->fresh, names_->aside});
  }

  // What the server would find out only after sessions were ended.
  void look() {
    const Result rows = ender_->execute(databases_sql, {names_->live, names_->fresh, names_->aside});
    std::map<std::string, std::string> found;
    for (int row = 0; row < rows.rows(); ++row) {
      const std::string name = rows.text(row, 0);
      found[name] = rows.text(row, 1);
      if (name != names_->aside && !(rows.boolean(row, 2) && rows.boolean(row, 3))) {
        fail("not_allowed", Exit::failed, cat("this role may not rename the database ", printable(name)),
             "use its owner, with the right to create databases (CREATEDB), or a superuser");
      }
    }
    if (!found.contains(names_->fresh)) {
      fail("no_such_database", Exit::failed, cat("there is no database ", printable(names_->fresh)),
           "look at the names of the server's databases");
    }
    if (found.contains(names_->live)) {
      if (found.contains(names_->aside)) {
        fail("name_taken", Exit::failed, cat("there is a database ", printable(names_->aside), " already"),
             "rename it, or run the command again: names have the time in them");
      }
      live_ = found[names_->live];
      oids_.push_back(*live_);
    }
    fresh_ = found[names_->fresh];
    oids_.push_back(fresh_);
    if (const auto gid = ender_->value(prepared_sql, {array_of(oids_)})) {
      fail("prepared_transactions", Exit::busy, cat("the transaction ", printable(*gid), " is prepared in it"),
           "connect to it, and COMMIT PREPARED or ROLLBACK PREPARED that");
    }
  }

  // Both renames, and beside them the end of the sessions that they wait for.
  void rename() {
    std::string sql =
        live_ ? cat("ALTER DATABASE ", quote(names_->live), " RENAME TO ", quote(names_->aside), "; ") : std::string();
    sql += cat("ALTER DATABASE ", quote(names_->fresh), " RENAME TO ", quote(names_->live));
    const auto stop = [this] { threads_.stop_if_failed(); };
    renamer_->set_tick(stop);
    ender_->set_tick(stop);
    threads_.run(
        2,
        [&](unsigned number) {
          if (number == 0) {
            (void)renamer_->execute(sql);
            renamed_ = true;
          } else {
            end_sessions();
          }
        },
        [this] {
          if (options_.tick) {
            options_.tick();
          }
        });
  }

  // Until both have their names: after the commit others would be meant by them.
  void end_sessions() {
    bool locked = false;
    while (!renamed_) {
      threads_.stop_if_failed();
      const bool waits = !locked;
      locked = ender_->value(locked_sql, {pid_, live_.value_or(fresh_)}).has_value();
      if (waits && locked) {
        since_ = Clock::now();
      }
      auto now = other_sessions(*ender_, locked ? oids_ : std::vector<std::string>(), locked ? "" : pid_);
      if (locked && may_end(now)) {
        end(now);
      }
      if (locked || !now.empty()) {  // who kept the lock is nobody's hindrance any more when the waiting has ended
        seen_ = std::move(now);
      }
      std::this_thread::sleep_for(pause);
    }
  }

  void end(const std::vector<OtherSession>& sessions) {
    std::vector<std::string> pids;
    pids.reserve(sessions.size());
    for (const OtherSession& session : sessions) {
      pids.push_back(session.pid);
    }
    if (!pids.empty()) {
      const Result ended = ender_->execute(end_sql, {array_of(oids_), array_of(pids)});
      for (int row = 0; row < ended.rows(); ++row) {
        if (ended.boolean(row, 1)) {
          ended_.insert(ended.text(row, 0));
        }
      }
    }
  }

  // Before anybody has to wait.
  void wait_for_foreign_sessions() {
    since_ = Clock::now();
    while (!may_end(other_sessions(*ender_, oids_))) {
      std::this_thread::sleep_for(pause);
    }
  }

  // Throws when those of others do not end by themselves in a moment.
  [[nodiscard]] bool may_end(const std::vector<OtherSession>& sessions) const {
    std::vector<OtherSession> foreign;
    for (const OtherSession& session : sessions) {
      if (!session.may_be_ended) {
        foreign.push_back(session);
      }
    }
    if (!foreign.empty() && Clock::now() - since_ > most_foreign) {
      fail("sessions_in_the_way", Exit::busy, cat("this role may not end ", named(foreign)),
           "end them, GRANT pg_signal_backend to this role, or use a superuser (its sessions only another one ends)");
    }
    return foreign.empty();
  }

  void commit() {
    renamer_->set_tick(options_.tick);
    try {
      (void)renamer_->execute("COMMIT");
    } catch (const Error& error) {
      if (!find_out()) {
        fail_unchanged(error);
      }
    } catch (...) {
      if (!find_out()) {
        throw;
      }
    }
  }

  // After a commit without an answer: whether the databases have their new names. That is settled once the session is
  // gone that had the lock.
  [[nodiscard]] bool find_out() {
    renamer_.reset();
    options_.tick = {};
    const auto deadline = Clock::now() + most_after_loss;
    do {
      try {
        const auto session = connect();
        if (!session->value(locked_sql, {pid_, fresh_})) {
          return session->value("SELECT oid FROM pg_database WHERE datname = $1", {names_->live}) == fresh_;
        }
      } catch (const Error&) {  // a server that starts again takes a while
      }
      std::this_thread::sleep_for(pause_after_loss);
    } while (Clock::now() < deadline);
    base::fail({.code = "unknown_names",
                .exit = Exit::partial,
                .message = cat("the connection was lost while the databases were renamed, and the server of ",
                               printable(admin_->shown()), " cannot be reached to see whether they were"),
                .object = names_->live,
                .state = cat("either ", printable(names_->live), " is the new database and ", printable(names_->aside),
                             " the one before, or nothing was changed"),
                .next = cat("when the server is back, look whether there is a database ", printable(names_->fresh),
                            ": if so, nothing was changed")});
  }

  void roll_back() {
    try {
      renamer_->set_tick({});
      (void)renamer_->execute("ROLLBACK");
    } catch (const Error&) {  // it was given up, and is rolled back by the server
    }
  }

  [[nodiscard]] std::string state() const {
    return cat("nothing was changed", ended_.empty()
                                          ? ""
                                          : cat("; ", base::plural(ended_.size(), "session was", "sessions were"),
                                                " ended, and may connect again"));
  }

  [[noreturn]] void fail(const std::string& code, Exit exit, const std::string& why, const std::string& next) const {
    base::fail({.code = code,
                .exit = exit,
                .message = cat("could not put a database into the place of ", printable(names_->live), ": ", why),
                .object = names_->live,
                .state = state(),
                .next = next});
  }

  [[noreturn]] void fail_unchanged(const Error& error) const {
    if (!seen_.empty() && error.code() == "database_locked") {
      fail("sessions_in_the_way", Exit::busy, cat(named(seen_), " kept a lock on it"),
           "run it again when they have ended");
    }
    if (!seen_.empty() && error.code() == "database_failed") {  // the server has waited for them, and says no more
      fail("sessions_in_the_way", Exit::busy, cat(named(seen_), " did not end in time; ", error.what()),
           "look at what they do; an administrator of the machine can end what does not obey the server");
    }
    ErrorInfo info = error.info();
    info.state = state();
    base::fail(info);
  }

  const Parameters* admin_;
  const Renaming* names_;
  ConnectionOptions options_;
  std::unique_ptr<Connection> renamer_;
  std::unique_ptr<Connection> ender_;
  std::optional<std::string> live_;  // oid
  std::string fresh_;                // oid
  std::vector<std::string> oids_;    // of both
  std::string pid_;                  // the server's process of the transaction
  base::WatchedThreads threads_;
  std::atomic<bool> renamed_{false};
  // Of the thread that ends sessions, while it runs:
  Clock::time_point since_;
  std::vector<OtherSession> seen_;
  std::set<std::string> ended_;
};

}  // namespace

Renamed rename_databases(const Parameters& admin, const Renaming& names, const ConnectionOptions& options) {
  return Swap(admin, names, options).run();
}

}  // namespace dbrollback::database::postgres
