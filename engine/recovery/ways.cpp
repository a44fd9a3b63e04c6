#include "engine/recovery/ways.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/script_session.hpp"
#include "engine/migrate/script.hpp"
#include "engine/migrate/state.hpp"
#include "engine/recovery/verdicts.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/plan.hpp"
#include "schema/bookkeeping.hpp"
#include "schema/diff.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::plural;
using base::printable;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds count_for{500};  // of a plan that is printed within seconds

RunStep planned_step(std::string name, std::string title) {
  return {.name = std::move(name), .title = std::move(title), .started = {}, .finished = {}, .details = {}};
}

// What switching and starting took when it was last measured; 0: never.
milliseconds start_took(const Undone& undone) {
  for (const Release& release : undone.releases) {
    if (release.start_took.count() > 0) {
      return release.start_took;
    }
  }
  return {};
}

void expect(WayBack& way, milliseconds database, const std::string& from, const Ground& ground) {
  const milliseconds start = start_took(ground.undone);
  way.expected = database + start;
  way.expected_from = cat(from, ground.is_managed && start.count() > 0
                                    ? cat(", ", base::human_duration(start), " to switch and start the application")
                                    : "");
}

const std::string& target_fingerprint(const Ground& ground) {
  return ground.undone.first().database.fingerprint_before;
}

const std::string& target_version(const Ground& ground) { return ground.undone.first().database.version_before; }

std::string shown_version(const std::string& version) { return version.empty() ? "none" : printable(version); }

}  // namespace

std::vector<RunStep> steps_of(const Ground& ground, Strategy strategy, bool snapshot_first) {
  std::vector<RunStep> out;
  const std::string to = printable(ground.undone.to_version);
  const bool stops = ground.is_managed && strategy != Strategy::app;
  if (!ground.config.app.evidence.empty()) {
    out.push_back(planned_step("evidence", "collect evidence"));
  }
  if (strategy == Strategy::reverse) {
    if (stops) {
      out.push_back(planned_step("stop", "stop the application"));
    }
    if (snapshot_first) {
      out.push_back(planned_step("snapshot_first", "take a snapshot of what there is"));
    }
    out.push_back(planned_step("reverse", cat("run the down scripts, to ", shown_version(target_version(ground)))));
  }
  if (strategy == Strategy::restore) {
    out.push_back(planned_step("restore", cat("restore ", ground.undone.first().database.snapshot)));
    if (stops) {
      out.push_back(planned_step("stop", "within that, stop the application once all is ready to take its place"));
    }
  }
  if (strategy != Strategy::app) {
    out.push_back(planned_step("prove", "prove that the schema is what it was, ask the integrity queries"));
  }
  if (!ground.undone.files.empty()) {
    out.push_back(
        planned_step("config_files", cat("put ", plural(ground.undone.files.size(), "configuration file"), " back")));
  }
  if (ground.is_managed) {
    out.push_back(planned_step(
        "start", cat(strategy == Strategy::app ? "stop the application, switch it to " : "switch the application to ",
                     to, " and start it")));
  }
  if (!ground.config.app.clear_caches.empty()) {
    out.push_back(planned_step("clear_caches", "clear caches"));
  }
  if (ground.is_managed && !ground.config.health.empty()) {
    out.push_back(planned_step("health", "ask whether the application is healthy"));
  }
  out.push_back(planned_step("record", "record that the release is rolled back"));
  return out;
}

WayBack way_by_app(const Ground& ground) {
  WayBack out;
  out.strategy = Strategy::app;
  if (ground.live.half_way) {
    out.why_not = ground.live.problem;
  } else if (ground.live.fingerprint != target_fingerprint(ground)) {
    out.why_not = "the schema is another one than it was before";
  } else if (ground.live.version != target_version(ground)) {
    out.why_not = cat("the schema version was ", shown_version(target_version(ground)), " and is ",
                      shown_version(ground.live.version));
  }
  if (std::ranges::any_of(ground.undone.releases, [](const Release& each) { return each.database.by_command; })) {
    out.unknown.emplace_back("whether the migrations changed rows: another program ran them");
  }
  out.steps = steps_of(ground, Strategy::app, false);
  expect(out, {}, "the database stays as it is", ground);
  return out;
}

namespace {

// The down scripts that would run, with what is known of each.
struct Reverting {
  struct One {
    std::string name;
    std::vector<migrate::ScriptStatement> ups;
    std::vector<migrate::ScriptStatement> downs;
    std::optional<Rehearsal> verdict;
  };
  std::vector<One> migrations;
};

Reverting read_reverting(const Ground& ground) {
  const migrate::LoadedProject project = migrate::load_project(ground.as_released);
  const auto session =
      database::open_script_session(ground.database, repository::view_options(ground.database, ground.observer).tick);
  const migrate::MigrationState state = migrate::read_state(*session, project, false);
  const std::string to = target_version(ground).empty() ? "none" : target_version(ground);
  Reverting out;
  for (const schema::Migration* migration : migrate::to_revert(project, state, to)) {
    const auto script = [&](schema::Direction direction) {
      return migrate::prepare(project, session->dialect(), *migration, direction).statements;
    };
    out.migrations.push_back({.name = migration->name,
                              .ups = script(schema::Direction::up),
                              .downs = script(schema::Direction::down),
                              .verdict = find_verdict(ground.store, scripts_hash(*migration))});
  }
  return out;
}

bool destroys_data(const schema::Warning& warning) {
  return warning.kind == "drops" || warning.kind == "deletes" || warning.kind == "narrows";
}

// A table that is dropped where its copy takes its name is there all the same: so SQLite's tables are changed.
bool is_there(const schema::Schema& schema, const std::string& table) {
  return std::ranges::any_of(schema.tables, [&](const schema::Table& each) {
    return each.name == table || each.name.ends_with(cat(".", table));
  });
}

// What the downs themselves say that they destroy. Where a rehearsal lost nothing, that is what was written since
// alone.
void add_dropped(const Reverting::One& migration, WayBack& out) {
  const bool is_lossless = migration.verdict && migration.verdict->verdict == Rehearsal::Verdict::lossless;
  for (const migrate::ScriptStatement& each : migration.downs) {
    for (const schema::Warning& warning : each.facts.warnings) {
      if (destroys_data(warning) && (!is_lossless || warning.kind == "drops")) {
        out.losses.push_back(
            {.object = printable(warning.object),
             .rows = std::nullopt,
             .what = cat("the down of ", printable(migration.name), " ", printable(warning.text),
                         is_lossless ? "; nothing that was there before was lost in its rehearsal" : ""),
             .estimated = false});
      }
    }
  }
}

// What the ups destroyed, where nobody tried whether the downs bring it back.
void add_destroyed(const Reverting::One& migration, const LiveState& live, WayBack& out) {
  for (const migrate::ScriptStatement& each : migration.ups) {
    for (const schema::Warning& warning : each.facts.warnings) {
      if (destroys_data(warning) && !is_there(live.schema, warning.object)) {
        out.unknown.push_back(cat("whether the down of ", printable(migration.name),
                                  " brings back what its up destroyed: it ", printable(warning.text)));
      }
    }
  }
}

void add_verdict(const Reverting::One& migration, const LiveState& live, WayBack& out) {
  if (!migration.verdict) {
    add_destroyed(migration, live, out);
    out.unknown.push_back(cat("whether the down of ", printable(migration.name),
                              " brings everything back: it was never rehearsed (`dbrollback migrate rehearse`)"));
    return;
  }
  for (const Rehearsal::Loss& loss : migration.verdict->losses) {
    out.brings_all_back = false;
    out.losses.push_back({.object = printable(loss.object),
                          .rows = std::nullopt,
                          .what = cat("the rehearsal of ", printable(migration.name), ": ", printable(loss.problem)),
                          .estimated = true});
  }
  if (migration.verdict->verdict == Rehearsal::Verdict::no_way_back) {
    out.why_not = cat("the rehearsal of ", printable(migration.name),
                      " found no way back: ", printable(migration.verdict->problem));
  }
}

void look_at_scripts(const Ground& ground, WayBack& out, milliseconds& took, bool& is_measured) {
  const Reverting reverting = read_reverting(ground);
  is_measured = !reverting.migrations.empty();
  for (const Reverting::One& migration : reverting.migrations) {
    add_dropped(migration, out);
    add_verdict(migration, ground.live, out);
    took += migration.verdict ? migration.verdict->down : milliseconds(0);
    is_measured = is_measured && migration.verdict.has_value();
  }
  if (reverting.migrations.empty()) {
    out.why_not = "no migration is applied that could be reverted: the schema was changed by something else";
  }
}

void look_at_command(const Ground& ground, WayBack& out) {
  if (ground.database.migrate.down.empty()) {
    out.why_not = "no migrate.down_command is configured";
  } else if (target_version(ground).empty()) {
    out.why_not = "the version before is not known, and the down command needs one";
  } else {
    out.unknown.push_back(cat("what ", printable(ground.database.migrate.down.front()), " loses: it alone knows"));
  }
}

// What is known before any script is read.
std::string why_no_reverse(const Ground& ground) {
  const Release& newest = ground.undone.releases.front();
  if (!ground.scripts_problem.empty()) {
    return ground.scripts_problem;
  }
  if (ground.live.half_way) {
    return ground.live.problem;
  }
  if (ground.live.version == target_version(ground)) {
    return ground.live.fingerprint == target_fingerprint(ground)
               ? "there is nothing to revert"
               : "no migration is applied that could be reverted: the schema was changed by something else";
  }
  if (newest.database.scripts.empty() && ground.database.migrate.up.empty()) {
    return "no down scripts are kept with the release";
  }
  return {};
}

}  // namespace

bool is_proven_lossless(const Ground& ground) {
  if (ground.undone.releases.front().database.scripts.empty()) {
    return false;
  }
  const Reverting reverting = read_reverting(ground);
  return std::ranges::all_of(reverting.migrations, [](const Reverting::One& each) {
    return each.verdict && each.verdict->verdict == Rehearsal::Verdict::lossless;
  });
}

WayBack way_by_reverse(const Ground& ground) {
  WayBack out;
  out.strategy = Strategy::reverse;
  out.why_not = why_no_reverse(ground);
  milliseconds took{};
  bool is_measured = false;
  bool is_lossless = false;
  if (out.why_not.empty()) {
    try {
      if (ground.undone.releases.front().database.scripts.empty()) {
        look_at_command(ground, out);
      } else {
        look_at_scripts(ground, out, took, is_measured);
        is_lossless = is_proven_lossless(ground);
      }
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
      out.why_not = error.what();
    }
  }
  const bool snapshot_first = ground.options.snapshot_first && !is_lossless;
  out.steps = steps_of(ground, Strategy::reverse, snapshot_first);
  const milliseconds snapshot = snapshot_first ? ground.undone.first().snapshot_took : milliseconds(0);
  if (is_measured) {
    expect(out, took + snapshot,
           cat("the downs took ", base::human_duration(took), " when they were rehearsed",
               snapshot_first ? cat(", the last snapshot ", base::human_duration(snapshot)) : ""),
           ground);
  } else {
    out.expected_from = "the downs were never rehearsed";
  }
  return out;
}

RestoreOptions restore_options(const std::string& snapshot, const RollbackOptions& options) {
  RestoreOptions out;
  out.id = snapshot;
  out.despite = options.despite;
  out.count_for = count_for;
  return out;
}

namespace {

RunLoss loss_of(const RestorePlan::TableChange& change, bool on_server) {
  RunLoss out{
      .object = cat("table ", printable(change.name)), .rows = std::nullopt, .what = {}, .estimated = on_server};
  if (!change.rows_now) {
    out.what = "is gone now, and comes back";
    out.estimated = false;
  } else if (!change.rows_restored) {
    out.rows = change.rows_now;
    out.what = "rows: the table was made since the snapshot, and goes";
  } else if (on_server) {
    out.rows = change.written;
    out.what = "rows inserted, updated or deleted since the snapshot are not in it";
  } else {
    const auto now = *change.rows_now;
    const auto then = *change.rows_restored;
    out.rows = now > then ? now - then : then - now;
    out.what = now > then ? "rows more than in the snapshot; changed ones are not counted"
                          : "rows fewer than in the snapshot, and come back; changed ones are not counted";
    out.estimated = true;
  }
  return out;
}

void look_at_snapshot(const Ground& ground, WayBack& out) {
  const std::string& id = ground.undone.first().database.snapshot;
  const auto shared = ground.store.share(ground.database.lock_timeout);
  const RestorePlan plan =
      restore::plan(ground.store, ground.database, restore_options(id, ground.options), ground.observer);
  if (!plan.obstacles.empty()) {
    out.why_not = cat(plan.obstacles.front().description, " (", plan.obstacles.front().next, ", or `--despite ",
                      plan.obstacles.front().name, "`)");
  }
  for (const RestorePlan::TableChange& change : plan.tables) {
    if (!schema::is_bookkeeping(change.name, ground.database.migrations_table)) {
      out.losses.push_back(loss_of(change, plan.is_on_server()));
    }
  }
  const schema::Schema then = schema_of_snapshot(ground.store, id, ground.database, ground.observer);
  for (const schema::Change& change : schema::diff(then, ground.live.schema)) {
    if (change.change.starts_with("column ") && change.change.find(" added") != std::string::npos) {
      const std::string column = change.change.substr(0, change.change.find(" added"));
      out.losses.push_back({.object = cat(printable(change.object), ", ", printable(column)),
                            .rows = std::nullopt,
                            .what = "was made since the snapshot, and goes with what is in it",
                            .estimated = false});
    }
  }
  for (const std::string& table : plan.uncounted) {
    out.unknown.push_back(cat("how many rows of ", printable(table), " would go: it is large; --exact counts them"));
  }
  if (!plan.written_is_known) {
    out.unknown.emplace_back("what was written since the snapshot: the server cannot tell");
  } else if (!plan.is_on_server()) {
    out.unknown.emplace_back("which rows were changed since the snapshot: --exact compares them by key");
  }
}

}  // namespace

WayBack way_by_restore(const Ground& ground) {
  WayBack out;
  out.strategy = Strategy::restore;
  const Release& first = ground.undone.first();
  const std::string& id = first.database.snapshot;
  milliseconds proven{};
  if (id.empty()) {
    out.why_not = cat("no snapshot was taken before ", printable(first.version));
  } else {
    try {
      look_at_snapshot(ground, out);
      if (const auto proof = ground.store.read_proof(id)) {
        proven = proof->restore_duration;
        if (proof->damaged) {
          out.why_not = cat("the snapshot ", id, " is damaged");
        }
      }
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
      out.why_not = error.what();
    }
  }
  out.steps = steps_of(ground, Strategy::restore, false);
  if (proven.count() > 0) {
    expect(out, proven, cat("the last proof by restoring took ", base::human_duration(proven)), ground);
  } else if (first.snapshot_took.count() > 0 && out.why_not.empty()) {
    out.expected_from = cat("never measured: the snapshot took ", base::human_duration(first.snapshot_took),
                            ", and `dbrollback verify ", id, " --level restored` measures a restore");
  }
  return out;
}

}  // namespace dbrollback::recovery
