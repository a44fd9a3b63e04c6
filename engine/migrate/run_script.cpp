#include "engine/migrate/run_script.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/migrate/lost_rows.hpp"
#include "engine/migrate/script_failures.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;
using database::ScriptSession;
using database::Trace;
using std::chrono::milliseconds;

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* concurrently = "CONCURRENTLY";

milliseconds since(Clock::time_point begin) { return std::chrono::duration_cast<milliseconds>(Clock::now() - begin); }

void tell(const RunContext& context, const PreparedScript& script, std::size_t at) {
  const std::string phase = cat(script.is_up() ? "applying " : "reverting ", printable(script.migration->name));
  context.observer->progress({.phase = phase, .done = at, .total = script.statements.size(), .unit = "statements"});
}

void wait_a_little(const RunContext& context, unsigned attempt) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  const auto most = std::min<milliseconds::rep>(200L << std::min(attempt, 6U), 10'000);
  const auto until = Clock::now() + milliseconds(std::uniform_int_distribution(most / 2, most)(random));
  while (Clock::now() < until) {
    if (context.observer->cancelled()) {
      base::fail({.code = "interrupted",
                  .exit = Exit::failed,
                  .message = "interrupted",
                  .object = {},
                  .state = {},
                  .next = {}});
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
}

// A hash of statements, with one more behind them.
std::string extended(const std::string& hash, const schema::Statement& statement) {
  base::Hasher hasher;
  for (const std::string_view part :
       {std::string_view(hash), std::string_view(statement.text),
        statement.copy_data ? std::string_view(*statement.copy_data) : std::string_view()}) {
    hasher.update(base::bytes_of(part));
    hasher.update(base::bytes_of(std::string_view("\0", 1)));
  }
  return to_hex(hasher.digest());
}

// An invalid index that this statement would make, left by one that was killed or failed.
std::optional<Trace> left_index(ScriptSession& session, const ScriptStatement& statement) {
  const auto& index = statement.facts.index;
  if (!index || index->empty()) {
    return std::nullopt;
  }
  for (const Trace& trace : session.traces()) {
    if (trace.object.ends_with(cat(".", *index)) || trace.object.ends_with(cat(".\"", *index, "\""))) {
      return trace;
    }
  }
  return std::nullopt;
}

// A script on its way, and what it did so far.
class Run {
 public:
  Run(const RunContext& context, const PreparedScript& script) : context_(context), script_(script) {
    step_.version = script.migration->version;
    step_.name = script.migration->name;
    step_.up = script.is_up();
    step_.in_transaction = script.in_transaction;
  }

  MigrateStep in_transaction() {
    const auto begin = Clock::now();
    for (;; ++step_.attempts) {
      try {
        try_once();
        break;
      } catch (const Error& error) {
        session().rollback();
        if (error.code() != "database_locked") {
          throw;
        }
        if (step_.attempts >= context_.attempts) {
          ErrorInfo info = error.info();
          info.state = cat(nothing_of(script_), ", after ", base::plural(step_.attempts, "attempt"));
          throw Error(std::move(info));
        }
        try_again(error.what(), step_.attempts);
      }
    }
    step_.duration = since(begin);
    return std::move(step_);
  }

  MigrateStep alone(std::size_t from, bool is_begun) {
    const auto begin = Clock::now();
    Unfinished record = new_record(from);
    const LostRows lost(session(), script_);
    traces_before_ = traces();
    if (!is_begun) {
      require_unmoved();
      context_.record->write(record);
    }
    try {
      if (!is_begun) {
        keep(bookkeeping(false).begin);
      }
      for (std::size_t at = from; at < script_.statements.size(); ++at) {
        run_alone(at, record);
      }
      leave_role();
      require_clean(lost, record);
      verify(true);
      keep(bookkeeping(false).end);
    } catch (const Error& error) {
      fail_half_way(record, error);
    }
    context_.record->remove();
    step_.duration = since(begin);
    return std::move(step_);
  }

 private:
  [[nodiscard]] ScriptSession& session() const { return *context_.session; }

  [[nodiscard]] schema::Bookkeeping bookkeeping(bool in_transaction) const {
    return context_.project->project->record(context_.place, script_.direction, *script_.migration,
                                             applied_now(context_), context_.who, in_transaction);
  }

  void try_again(const std::string& failure, unsigned attempt) const {
    context_.observer->note(cat(failure, "; trying again (", attempt + 1, " of ", context_.attempts, ")"));
    wait_a_little(context_, attempt);
  }

  void require_unmoved() const {
    const auto applied = applied_now(context_);
    const bool is_applied = std::ranges::any_of(applied, [&](const schema::Applied& each) {
      return each.version == script_.migration->version && !each.failed;
    });
    if (is_applied == script_.is_up()) {
      base::fail({.code = "moved",
                  .exit = Exit::refused,
                  .message = cat(printable(script_.migration->name), is_applied ? " was applied" : " was reverted",
                                 " by somebody else meanwhile"),
                  .object = script_.migration->version,
                  .state = "nothing was changed by this attempt",
                  .next = "dbrollback migrate status"});
    }
    require_no_obstacles();
  }

  // What the tool itself would check first.
  void require_no_obstacles() const {
    const std::string query =
        script_.is_up() ? context_.project->project->obstacles(context_.place, *script_.migration) : "";
    if (query.empty()) {
      return;
    }
    std::vector<std::string> obstacles;
    for (const schema::Row& row : session().rows(query)) {
      obstacles.push_back(row.at(0).value_or(""));
    }
    if (!obstacles.empty()) {
      base::fail({.code = "obstacle",
                  .exit = Exit::refused,
                  .message = printable(cat(script_.migration->name, " ", base::join(obstacles, "; "))),
                  .object = script_.migration->version,
                  .state = nothing_of(script_),
                  .next = "apply what it needs, or revert what it conflicts with"});
    }
  }

  void try_once() {
    step_.statements.clear();
    session().begin();
    require_unmoved();
    const LostRows lost(session(), script_);
    for (std::size_t at = 0; at < script_.statements.size(); ++at) {
      tell(context_, script_, at);
      try {
        run(at);
      } catch (const Error& error) {
        throw Error(failure_in_transaction(*context_.project, script_, at, error));
      }
      require_open(at);
    }
    leave_role();
    if (const auto loss = lost.find()) {
      base::fail({.code = "loses_rows",
                  .exit = Exit::refused,
                  .message = cat(printable(script_.file), " ", loss->what),
                  .object = script_.file,
                  .state = nothing_of(script_),
                  .next = loss->mend});
    }
    verify(false);
    keep_in_transaction();
    base::reached("migration not committed");
    commit();
    base::reached("migration committed");
  }

  void keep_in_transaction() const {
    try {
      for (const std::string& sql : bookkeeping(true).end) {
        session().execute(sql);
      }
    } catch (const Error& error) {
      if (error.code() == "database_locked") {
        throw;
      }
      ErrorInfo info = error.info();
      info.message = cat("after ", printable(script_.file), ", the table of ", context_.project->format->name,
                         " could not be written: ", reason_of(error));
      info.exit = Exit::failed;
      info.state = nothing_of(script_);
      info.next = "look what the script does to that table";
      throw Error(std::move(info));
    }
  }

  void commit() const {
    try {
      session().commit();
    } catch (const Error& error) {
      ErrorInfo info = error.info();
      info.message = cat(printable(script_.file), ": the COMMIT of its transaction failed: ", reason_of(error));
      if (error.exit() != Exit::partial) {  // where it is known that nothing is in effect
        info.state = nothing_of(script_);
        info.next = info.next.empty() ? "mend it, then run the command again" : info.next;
      }
      throw Error(std::move(info));
    }
  }

  void run(std::size_t at) {
    const ScriptStatement& statement = script_.statements[at];
    const auto begin = Clock::now();
    const std::uint64_t rows = session().run(statement.statement);
    step_.statements.push_back(
        {.what = statement.facts.kind, .line = statement.statement.line, .rows = rows, .duration = since(begin)});
  }

  // Neither server nor file lets a statement end the transaction around it, but for those that prepare() refuses.
  // Should one do so all the same, what it left is on record.
  void require_open(std::size_t at) const {
    if (session().state() == ScriptSession::State::in_transaction) {
      return;
    }
    const Unfinished left = new_record(at + 1);
    context_.record->write(left);
    ErrorInfo info = describe(left.what, Exit::partial);
    info.message = cat(place_of(script_, at), " ended the transaction in which the script ran");
    throw Error(std::move(info));
  }

  // A script may leave a role that may not write the tool's table.
  void leave_role() const {
    if (session().dialect() == schema::Dialect::postgres) {
      session().execute("RESET SESSION AUTHORIZATION");
      session().execute("RESET ROLE");
    }
  }

  [[nodiscard]] std::set<std::string> traces() const {
    std::set<std::string> out;
    for (const Trace& trace : session().traces()) {
      out.insert(trace.object);
    }
    return out;
  }

  void keep(const std::vector<std::string>& statements) const {
    if (statements.empty()) {
      return;
    }
    session().begin();
    try {
      for (const std::string& sql : statements) {
        session().execute(sql);
      }
      session().commit();
    } catch (...) {
      session().rollback();
      throw;
    }
  }

  void verify(bool alone) const {
    const auto statements = script_.is_up() ? prepare_verify(*context_.project, session().dialect(), *script_.migration)
                                            : std::vector<ScriptStatement>();
    if (statements.empty()) {
      return;
    }
    session().execute(alone ? "BEGIN" : "SAVEPOINT dbrollback_verify");
    try {
      for (const ScriptStatement& each : statements) {
        (void)session().run(each.statement);
      }
    } catch (const Error& error) {
      session().rollback();
      ErrorInfo info = error.info();
      info.message = cat("the verify script of ", printable(script_.migration->name), " failed: ", reason_of(error));
      info.exit = Exit::failed;
      info.state = nothing_of(script_);
      info.next = "mend the script or the migration, then run the command again";
      throw Error(std::move(info));
    }
    session().execute(alone ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT dbrollback_verify");
  }

  [[nodiscard]] Unfinished new_record(std::size_t done) const {
    Unfinished out;
    out.what = {.version = script_.migration->version,
                .name = script_.migration->name,
                .file = script_.file,
                .up = script_.is_up(),
                .statements = script_.statements.size(),
                .done = done,
                .statement = {},
                .line = 0,
                .problem = {},
                .since = base::now()};
    name_next(out);
    out.done_hash = hash_of(script_, done);
    return out;
  }

  void name_next(Unfinished& record) const {
    record.what.statement.clear();
    record.what.line = 0;
    record.what.problem.clear();
    if (record.what.done < script_.statements.size()) {
      const ScriptStatement& next = script_.statements[record.what.done];
      const bool is_block = next.facts.control == schema::Control::begin;
      record.what.statement = is_block ? cat(next.facts.kind, " to its end") : next.facts.kind;
      record.what.line = next.statement.line;
      record.what.problem = not_run;
    }
  }

  void run_alone(std::size_t at, Unfinished& record) {
    tell(context_, script_, at);
    const bool is_within = session().state() != ScriptSession::State::idle;
    if (!is_within) {
      record.is_running = true;
      record.what.problem.clear();
      context_.record->write(record);
    }
    try {
      require_no_invalid_index(at);
      run_with_retries(at, is_within);
    } catch (const Error& error) {
      fail_alone(at, record, error, is_within);
    }
    // In a transaction of the script's own nothing is done before its end.
    if (session().state() == ScriptSession::State::idle) {
      for (; record.what.done <= at; ++record.what.done) {
        record.done_hash = extended(record.done_hash, script_.statements[record.what.done].statement);
      }
      record.is_running = false;
      name_next(record);
      context_.record->write(record);
    }
  }

  // IF NOT EXISTS would pass it by, and the migration count as done without its index.
  void require_no_invalid_index(std::size_t at) const {
    const ScriptStatement& statement = script_.statements[at];
    if (!statement.facts.if_not_exists) {
      return;
    }
    if (const auto index = left_index(session(), statement)) {
      base::fail({.code = "invalid_index",
                  .exit = Exit::failed,
                  .message = cat(index->object, " is there already, and is invalid"),
                  .object = index->object,
                  .state = {},
                  .next = {}});
    }
  }

  void run_with_retries(std::size_t at, bool is_within) {
    const auto& statement = script_.statements[at];
    // Such a statement waits for transactions that are older than it, while nobody waits for it.
    const bool is_patient = !is_within && statement.facts.kind.find(concurrently) != std::string::npos;
    if (is_patient) {
      session().set_lock_timeout(milliseconds(0));
    }
    for (unsigned attempt = 1;; ++attempt) {
      try {
        run(at);
        break;
      } catch (const Error& error) {
        if (is_within || error.code() != "database_locked" || attempt >= context_.attempts ||
            left_index(session(), statement)) {
          throw;
        }
        try_again(cat(place_of(script_, at), " failed: ", reason_of(error)), attempt);
      }
    }
    if (is_patient) {
      session().set_lock_timeout(context_.lock_timeout);
    }
  }

  // `is_within`: a transaction of the script's own, of which nothing is in effect unless its end is.
  [[noreturn]] void fail_alone(std::size_t at, Unfinished& record, const Error& error, bool is_within) const {
    const ScriptStatement& statement = script_.statements[at];
    if (session().state() != ScriptSession::State::idle) {
      session().rollback();
    }
    if (!is_outcome_lost(error) || (is_within && statement.facts.control == schema::Control::none)) {
      const std::string where =
          is_within ? cat("line ", statement.statement.line, ", ", statement.facts.kind, ": ") : std::string();
      record.what.problem = cat("failed: ", where, reason_of(error));
    }
    record.is_running = false;
    context_.record->write(record);
    ErrorInfo info = describe(record.what, Exit::partial);
    info.message = cat(place_of(script_, at), " failed: ", reason_of(error));
    if (!record.what.problem.empty()) {  // the message says it
      info.state = in_effect(record.what);
    }
    if (error.code() == "invalid_index") {
      info.next = "`dbrollback migrate resume` builds it again";
    }
    add_traces(statement, info);
    throw Error(std::move(info));
  }

  void add_traces(const ScriptStatement& statement, ErrorInfo& info) const {
    try {
      const auto own = left_index(session(), statement);
      for (const Trace& trace : session().traces()) {
        const bool is_own = own && own->object == trace.object;
        if (trace.mend.empty() || (!is_own && traces_before_.contains(trace.object))) {
          continue;
        }
        info.state += cat("; ", trace.object, " ", trace.problem);
        info.next = is_own ? cat(info.next, "; `resume` begins with `", trace.mend, "`")
                           : cat("first `", trace.mend, "`; ", info.next);
      }
    } catch (const Error&) {
      return;  // the connection is gone: the next status tells
    }
  }

  void require_clean(const LostRows& lost, Unfinished& record) const {
    if (session().state() != ScriptSession::State::idle) {
      session().rollback();
      record.what.problem = "failed: it is not ended, and was rolled back";
      context_.record->write(record);
      throw Error(describe(record.what, Exit::partial));
    }
    if (const auto loss = lost.find()) {
      ErrorInfo info = describe(record.what, Exit::partial);
      info.message = cat(printable(script_.file), " ", loss->what);
      info.next = cat("bring the rows back, or accept that by `dbrollback migrate resume`; ", loss->mend);
      throw Error(std::move(info));
    }
    for (const Trace& trace : session().traces()) {
      if (!trace.mend.empty() && !traces_before_.contains(trace.object)) {
        ErrorInfo info = describe(record.what, Exit::partial);
        info.message = cat(printable(script_.file), " was run, but ", trace.object, " ", trace.problem);
        info.next = cat("`", trace.mend, "` and make it again; then `dbrollback migrate resume`");
        throw Error(std::move(info));
      }
    }
  }

  // What failed was no statement of the script. Precondition: `error` is being handled.
  [[noreturn]] void fail_half_way(const Unfinished& record, const Error& error) const {
    if (error.code() == "unfinished") {
      throw;
    }
    ErrorInfo info = describe(record.what, Exit::partial);
    info.message += cat(": ", error.what());
    try {
      context_.record->write(record);
    } catch (const Error&) {
      info.state += "; the record of this could not be written, and says that the last of them was running";
      info.next = "make room for the repository, then `dbrollback migrate resume --skip`, which goes on behind it";
    }
    throw Error(std::move(info));
  }

  const RunContext& context_;
  const PreparedScript& script_;
  std::set<std::string> traces_before_;
  MigrateStep step_;
};

void drop_left_index(const RunContext& context, const ScriptStatement& statement) {
  if (const auto index = left_index(*context.session, statement)) {
    context.observer->note(cat(index->object, " is invalid, and made again: ", index->mend));
    context.session->set_lock_timeout(milliseconds(0));
    context.session->execute(index->mend);
    context.session->set_lock_timeout(context.lock_timeout);
  }
}

// A transaction of the script's own is left out as a whole.
std::size_t behind(const PreparedScript& script, std::size_t at) {
  if (at == script.statements.size()) {
    return at;
  }
  const auto begins = script.statements.begin() + static_cast<std::ptrdiff_t>(at);
  if (begins->facts.control != schema::Control::begin) {
    return at + 1;
  }
  const auto end = std::find_if(begins, script.statements.end(), [](const ScriptStatement& each) {
    return each.facts.control == schema::Control::commit || each.facts.control == schema::Control::rollback;
  });
  return std::min(static_cast<std::size_t>(end - script.statements.begin()) + 1, script.statements.size());
}

}  // namespace

std::vector<schema::Applied> applied_now(const RunContext& context) {
  return context.project->project->applied(context.session->rows(context.project->project->query(context.place)));
}

MigrateStep run_script(const RunContext& context, const PreparedScript& script) {
  Run run(context, script);
  return script.in_transaction ? run.in_transaction() : run.alone(0, false);
}

// What the statements before have set went with their session.
MigrateStep resume_script(const RunContext& context, const PreparedScript& script, const Unfinished& unfinished,
                          bool skip) {
  const std::size_t done = unfinished.what.done;
  for (std::size_t at = 0; at < done; ++at) {
    if (script.statements[at].facts.is_session_setting) {
      (void)context.session->run(script.statements[at].statement);
    }
  }
  if (done < script.statements.size() && !skip) {
    drop_left_index(context, script.statements[done]);
  }
  return Run(context, script).alone(skip ? behind(script, done) : done, true);
}

std::string hash_of(const PreparedScript& script, std::size_t count) {
  std::string hash;
  for (std::size_t i = 0; i < count; ++i) {
    hash = extended(hash, script.statements[i].statement);
  }
  return hash;
}

}  // namespace dbrollback::migrate
