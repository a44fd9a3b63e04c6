#include "engine/restore/plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/require_url.hpp"
#include "engine/repository/select.hpp"
#include "engine/repository/store.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/server.hpp"
#include "schema/diff.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

void refuse_table(const std::string& name, const std::string& why) {
  base::fail({.code = "table_not_restorable",
              .exit = Exit::refused,
              .message = cat("table ", printable(name), " cannot be restored alone: ", why),
              .object = name,
              .state = "nothing was changed",
              .next = "restore the whole snapshot beside the database with --into, and copy what you need from there"});
}

void check_tables(const RestorePlan& plan, const database::Description& snapshot) {
  for (const auto& name : plan.options.tables) {
    const auto is_virtual = [&](const auto& left) { return left.first == cat("virtual table ", name); };
    if (std::ranges::any_of(snapshot.left_out, is_virtual)) {
      refuse_table(name, "it is a virtual table");
    }
    for (const auto& [object, reason] : snapshot.left_out) {
      const std::string owner = object.substr(object.rfind(' ') + 1) + "_";
      if (name.starts_with(owner)) {
        refuse_table(name, cat("it is a part of ", object));
      }
    }
    if (name.starts_with("sqlite_")) {
      refuse_table(name, "SQLite keeps it itself");
    }
    if (schema::find_table(snapshot.schema, name) == nullptr) {
      base::fail_usage("no_such_table", cat("there is no table ", printable(name), " in ", plan.snapshot.id), name,
                       cat("`dbrollback show ", plan.snapshot.id, "` lists its tables"));
    }
  }
  if (!plan.options.tables.empty() && plan.kind != RestorePlan::Target::live) {
    base::fail(
        {.code = "no_target",
         .exit = Exit::refused,
         .message = cat("tables can only be restored into a database, and ", printable(plan.target),
                        plan.kind == RestorePlan::Target::new_file ? " does not exist" : " is none that can be opened"),
         .object = plan.target,
         .state = "nothing was changed",
         .next = plan.kind == RestorePlan::Target::replace && !plan.keep_aside.empty() &&
                         plan.keep_aside.back() != plan.target
                     ? "open the database once with its application, which rolls the journal beside it back, then run "
                       "this command again; or restore everything: leave --tables out"
                     : "restore everything: leave --tables out"});
  }
}

bool wanted(const RestorePlan& plan, const std::string& table) {
  return plan.options.tables.empty() ? !table.starts_with("sqlite_")
                                     : std::ranges::find(plan.options.tables, table) != plan.options.tables.end();
}

// Counts rows for as long as the plan allows.
class Counting {
 public:
  explicit Counting(std::chrono::milliseconds limit) : limit_(limit), end_(std::chrono::steady_clock::now() + limit) {}

  // Nothing: there was no time left.
  [[nodiscard]] std::optional<std::uint64_t> count(database::View& view, const std::string& table) const {
    if (limit_.count() == 0) {
      return view.count(table);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    return left.count() > 0 ? view.count_within(table, left) : std::nullopt;
  }

 private:
  std::chrono::milliseconds limit_;
  std::chrono::steady_clock::time_point end_;
};

// What people see change: rows per table, and the schema.
void compare_with_live(RestorePlan& plan, const SnapshotDetails& manifest, const database::Description& snapshot,
                       Observer& observer) {
  const auto target = database::open_file(plan.target);
  const auto live = target->open_view(repository::view_options(plan.database, observer), observer);
  const Counting counting(plan.options.count_for);
  std::map<std::string, RestorePlan::TableChange> changes;
  for (const auto& table : manifest.tables) {
    if (wanted(plan, table.name)) {
      changes[table.name] = {.name = table.name, .rows_now = {}, .rows_restored = table.rows, .written = 0};
    }
  }
  std::vector<std::string> there;
  for (const auto& table : live->describe().schema.tables) {
    if (wanted(plan, table.name)) {
      there.push_back(table.name);
      changes[table.name].name = table.name;
    }
  }
  // The small ones first, by what the snapshot knows of them: so most are counted.
  std::ranges::sort(there, {}, [&](const std::string& name) { return changes[name].rows_restored.value_or(0); });
  for (const std::string& name : there) {
    if (const auto rows = counting.count(*live, name)) {
      changes[name].rows_now = rows;
    } else {
      plan.uncounted.push_back(name);
      changes.erase(name);
    }
  }
  for (auto& [name, change] : changes) {
    if (change.rows_now != change.rows_restored) {
      plan.tables.push_back(std::move(change));
    }
  }
  std::set<std::string> wanted_objects;  // of the chosen tables: they, their indexes and triggers
  for (const schema::Schema* schema : {&live->describe().schema, &snapshot.schema}) {
    for (const auto& object : schema->objects) {
      if (wanted(plan, object.table)) {
        wanted_objects.insert(cat(object.kind, " \"", object.name, "\""));
      }
    }
  }
  for (const auto& change : schema::diff(live->describe().schema, snapshot.schema)) {
    if (plan.options.tables.empty() || wanted_objects.contains(change.object)) {
      plan.schema_changes.push_back(printable(cat(change.object, ": ", change.change)));
    }
  }
}

std::uint64_t size_of(const std::filesystem::path& file) {
  const auto stat = base::stat_file(file);
  return stat ? stat->size : 0;
}

// A journal or a -wal holds as much as is overwritten; what is kept aside is copied.
void check_room(const RestorePlan& plan) {
  const std::uint64_t now = size_of(plan.target);
  std::uint64_t needed = plan.bytes;
  if (plan.kind == RestorePlan::Target::live) {
    needed = plan.options.tables.empty() ? std::max(now, plan.bytes) + (plan.bytes > now ? plan.bytes - now : 0) : 0;
  }
  for (const auto& file : plan.keep_aside) {
    needed += size_of(file);
  }
  repository::require_room(needed, base::disk_of(plan.target).free_bytes, plan.target, "the restore",
                           "free some room there, or restore to another disk with --into");
}

[[noreturn]] void refuse_place(const RestorePlan& plan, const std::string& why) {
  base::fail({.code = "not_a_place",
              .exit = Exit::refused,
              .message = cat(printable(plan.target), why),
              .object = plan.target,
              .state = "nothing was changed",
              .next = "name another file"});
}

// Places that no database is ever restored to, whatever is confirmed.
void check_place(const RestorePlan& plan) {
  const auto there = base::stat_file(plan.target);
  if (there && !there->is_regular) {
    refuse_place(plan, " is not a file");
  }
  for (const std::string_view suffix : {"-wal", "-shm", "-journal"}) {
    const std::string& name = plan.target;
    if (name.ends_with(suffix) && base::stat_file(name.substr(0, name.size() - suffix.size()))) {
      refuse_place(plan, " belongs to the database beside it");
    }
  }
  for (auto folder = base::fs::path(plan.target).parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    if (base::stat_file(folder / "dbrollback.repository")) {
      refuse_place(plan, cat(" is inside the repository ", printable(folder.native())));
    }
  }
}

// A file named with --into that is no database is somebody's file: only the configured database's own is replaced.
void refuse_foreign_file(const RestorePlan& plan) {
  if (plan.options.into && plan.kind == RestorePlan::Target::replace) {
    base::fail({.code = "exists",
                .exit = Exit::refused,
                .message = cat(printable(plan.target), " exists already and is not a database in order: ", plan.why),
                .object = plan.target,
                .state = "nothing was changed",
                .next = "name a file that does not exist yet, or move that one away first"});
  }
}

void look_at_target(RestorePlan& plan) {
  check_place(plan);
  const database::Condition condition = database::open_file(plan.target)->condition();
  plan.kind = kind_of(condition);
  plan.holders = condition.holders.processes;
  // SQLite's locks see everybody; only a file that is replaced depends on who has it open.
  if (!condition.holders.complete && plan.kind == RestorePlan::Target::replace) {
    plan.warnings.emplace_back("processes of other users could not be looked at: some may have the file open");
  }
  if (plan.kind == RestorePlan::Target::replace) {
    plan.why =
        condition.kind == database::Condition::Kind::broken
            ? condition.problem
            : "a journal that no process is using lies beside it, and it is not known whether they belong together";
    if (base::stat_file(plan.target)) {
      plan.keep_aside.push_back(plan.target);
    }
    plan.keep_aside.insert(plan.keep_aside.end(), condition.leftovers.begin(), condition.leftovers.end());
    refuse_foreign_file(plan);
  }
}

}  // namespace

RestorePlan::Target kind_of(const database::Condition& condition) {
  if (condition.kind == database::Condition::Kind::broken || !condition.leftovers.empty()) {
    return RestorePlan::Target::replace;
  }
  return condition.kind == database::Condition::Kind::absent ? RestorePlan::Target::new_file
                                                             : RestorePlan::Target::live;
}

RestoreResult result_of(const RestorePlan& plan, const SnapshotDetails& manifest) {
  RestoreResult result;
  result.id = plan.options.id;
  result.target = plan.target;
  result.tables = manifest.summary.tables;
  if (!plan.options.schema_only) {
    result.bytes = manifest.summary.raw_bytes;
    result.rows = manifest.summary.rows;
  }
  return result;
}

void refuse_changed_target(const RestorePlan& plan) {
  base::fail({.code = "target_changed",
              .exit = Exit::refused,
              .message = cat(printable(plan.target), " is not what it was when the restore was planned"),
              .object = plan.target,
              .state = "nothing was changed",
              .next = "run the command again and look at the new plan"});
}

std::uint64_t stamp_of(const std::filesystem::path& target, RestorePlan::Target kind) {
  const auto stat = base::stat_file(target);
  const std::string text = cat(static_cast<int>(kind), " ", stat ? stat->device : 0, " ", stat ? stat->inode : 0);
  return base::xxh3_64(base::bytes_of(text));
}

namespace {

const char* name_of(DatabaseConfig::Engine engine) {
  return engine == DatabaseConfig::Engine::postgres ? "PostgreSQL" : "SQLite";
}

void refuse_other_engine(const RestorePlan& plan, DatabaseConfig::Engine engine) {
  if (engine != plan.database.engine) {
    base::fail_usage("other_engine",
                     cat(plan.snapshot.id, " is a snapshot of a database of ", name_of(engine), ", and ",
                         printable(plan.database.name), " is one of ", name_of(plan.database.engine)),
                     plan.options.id, "name another database with --database");
  }
}

// What is restored, where it is not everything into its place.
std::vector<std::string> chosen_options(const RestoreOptions& options) {
  std::vector<std::string> out;
  for (const auto& [is_chosen, option] : {std::pair(!options.tables.empty(), "--tables"),
                                          {options.in_place, "--in-place"},
                                          {options.schema_only, "--schema-only"},
                                          {options.data_only, "--data-only"}}) {
    if (is_chosen) {
      out.emplace_back(option);
    }
  }
  return out;
}

void refuse_wrong_options(const RestoreOptions& options, DatabaseConfig::Engine engine) {
  const std::vector<std::string> chosen = chosen_options(options);
  if (chosen.size() > 1) {
    base::fail_usage("conflicting_options", cat(chosen[0], " and ", chosen[1], " exclude each other"), chosen[1],
                     "leave one of them out");
  }
  if (!options.roles.as_stored() && (engine != DatabaseConfig::Engine::postgres || !options.tables.empty())) {
    base::fail_usage("conflicting_options",
                     cat("--no-owner, --no-privileges and --role-map are for whole databases of PostgreSQL, and ",
                         options.tables.empty() ? cat(options.id, " is of none") : "--tables changes rows only"),
                     options.id, "leave them out");
  }
  if (chosen.empty() || chosen.front() == "--tables") {
    return;
  }
  const std::string& option = chosen.front();
  if (engine != DatabaseConfig::Engine::postgres) {
    base::fail_usage("wrong_kind_of_database",
                     cat(option, " is for PostgreSQL databases only, and ", options.id, " is a snapshot of none"),
                     option, cat("leave ", option, " out"));
  }
  if (!options.in_place && !options.elsewhere) {
    base::fail_usage("conflicting_options", cat(option, " needs another database than the live one"), option,
                     "name it with --into URL");
  }
}

void plan_file(repository::Store& from, RestorePlan& plan, Observer& observer);

}  // namespace

RestorePlan plan(repository::Store& from, const DatabaseConfig& database, const RestoreOptions& options,
                 Observer& observer) {
  using enum DatabaseConfig::Engine;
  if (!options.into) {
    database::require_url(database);
  }
  RestorePlan plan;
  plan.options = options;
  plan.database = database;
  plan.snapshot = from.summary(options.id);
  if (plan.snapshot.damaged) {
    plan.warnings.emplace_back("the last verification of this snapshot found damage");
  }
  if (options.tables.empty() && plan.snapshot.database != database.name && !database.from_url && !options.into) {
    plan.warnings.push_back(cat("this snapshot is of ", printable(plan.snapshot.database), ", not of ", database.name));
  }
  const auto engine = plan.snapshot.engine == "postgres" ? postgres : sqlite;
  refuse_wrong_options(options, engine);
  if (engine == postgres && options.into) {
    base::fail_usage("not_a_file", cat(plan.snapshot.id, " is a snapshot of a PostgreSQL database, and no file"),
                     options.into->native(), "name a database of a server: --into postgresql://USER@HOST/NAME");
  }
  if (!options.into) {
    refuse_other_engine(plan, engine);
  }
  if (engine == postgres) {
    plan_server(from, plan);
  } else {
    plan_file(from, plan, observer);
  }
  return plan;
}

namespace {

void plan_file(repository::Store& from, RestorePlan& plan, Observer& observer) {
  const DatabaseConfig& database = plan.database;
  const RestoreOptions& options = plan.options;
  snapshot::OpenSnapshot source(from.objects(), options.id, repository::view_options(database, observer));
  plan.bytes = source.manifest().summary.raw_bytes;
  plan.target = (options.into ? base::fs::absolute(*options.into).lexically_normal()
                              : database::open_database(database)->file().value_or(""))
                    .native();
  look_at_target(plan);
  check_tables(plan, source.view().describe());
  if (plan.kind == RestorePlan::Target::live) {
    try {
      compare_with_live(plan, source.manifest(), source.view().describe(), observer);
    } catch (const Error& error) {
      if (error.code() == "interrupted") {
        throw;
      }
      plan.tables.clear();
      plan.warnings.push_back(cat("what would change could not be counted: ", error.what()));
    }
  }
  check_room(plan);
  plan.target_stamp = stamp_of(plan.target, plan.kind);
}

}  // namespace

}  // namespace dbrollback::restore
