#include "engine/restore/server.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/restore/build.hpp"
#include "engine/restore/execute.hpp"
#include "engine/restore/in_place.hpp"
#include "engine/restore/known_roles.hpp"
#include "engine/restore/load.hpp"
#include "engine/restore/plan.hpp"
#include "engine/restore/server_tables.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/stored_schema.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

std::vector<RestorePlan::Obstacle> obstacles_of(database::ServerDatabase& target,
                                                const std::vector<std::string>& despite) {
  std::vector<RestorePlan::Obstacle> out;
  for (auto& obstacle : target.obstacles()) {
    if (std::ranges::find(despite, obstacle.name) == despite.end()) {
      out.push_back({.name = obstacle.name, .description = obstacle.description, .next = obstacle.next});
    }
  }
  return out;
}

void refuse_unknown(const std::vector<std::string>& despite) {
  const auto& names = database::obstacle_names;
  for (const std::string& name : despite) {
    if (std::ranges::find(names, name) == names.end()) {
      base::fail_usage("no_such_obstacle", cat("--despite knows no ", printable(name)), name,
                       cat("name what a restore was refused for: ",
                           base::join(std::vector<std::string>(names.begin(), names.end()), ", ")));
    }
  }
}

[[noreturn]] void refuse_obstacle(const RestorePlan::Obstacle& obstacle, const std::string& target) {
  // The server renames no database that has one: what is waived is to wait for its end before the other is built.
  const bool must_end = obstacle.name == "prepared-transactions";
  const char* const waived = must_end ? "build the other database meanwhile" : "restore all the same";
  base::fail({.code = obstacle.name,
              .exit = Exit::refused,
              .message = obstacle.description,
              .object = target,
              .state = "nothing was changed",
              .next = cat(obstacle.next, ", or ", waived, " with `--despite ", obstacle.name, "`",
                          must_end ? ": it takes its place if none is left by then" : "")});
}

void refuse_missing(const std::vector<std::string>& missing, const RestorePlan& plan) {
  if (!missing.empty()) {
    base::fail({.code = "missing_on_server",
                .exit = Exit::refused,
                .message = cat("the server of ", printable(plan.target), " cannot hold ", plan.options.id, ": ",
                               base::join(missing, "; ")),
                .object = plan.target,
                .state = "nothing was changed",
                .next =
                    "give it what it lacks (of roles: CREATE ROLE, or other ones with --role-map OLD=NEW), or restore "
                    "into a server that has it with --into URL"});
  }
}

std::vector<std::string> missing_on(database::ServerDatabase& target, repository::Store& from,
                                    const SnapshotDetails& manifest, const RoleOptions& roles) {
  const schema::Schema schema = snapshot::read_schema(from.objects(), manifest);
  database::Needs needs{.properties = &manifest.postgres->properties,
                        .server_version = manifest.server_version,
                        .roles = roles,
                        .tablespaces = {manifest.postgres->properties.tablespace},
                        .schema = &schema};
  for (const TableFacts& table : manifest.tables) {
    needs.tablespaces.insert(table.postgres->tablespace);
  }
  needs.tablespaces.erase("");  // the database's own
  return target.missing(needs);
}

// A part of a database never takes the place of one.
void refuse_partial(const RestorePlan& plan, const SnapshotDetails& manifest) {
  if (manifest.partial && (!plan.options.elsewhere || plan.kind != RestorePlan::Target::new_database)) {
    base::fail({.code = "partial_snapshot",
                .exit = Exit::refused,
                .message = cat(plan.options.id, " holds the rows of ", base::plural(manifest.tables.size(), "table"),
                               " only, and would take the place of ", printable(plan.target)),
                .object = plan.options.id,
                .state = "nothing was changed",
                .next = "restore it into a database that is not there yet, with --into URL, and copy what you need"});
  }
}

void refuse_schema_alone(const RestorePlan& plan) {
  if (plan.options.schema_only && plan.kind != RestorePlan::Target::new_database) {
    base::fail({.code = "exists",
                .exit = Exit::refused,
                .message = cat(printable(plan.target), " exists already, and a schema alone takes no database's place"),
                .object = plan.target,
                .state = "nothing was changed",
                .next = "name a database that is not there yet"});
  }
}

void warn_of_parts(RestorePlan& plan, const SnapshotDetails& manifest) {
  if (manifest.partial && !plan.options.schema_only) {
    plan.warnings.push_back(cat("this snapshot holds the rows of ", base::plural(manifest.tables.size(), "table"),
                                " only: the others will be empty"));
    for (const LooseKeyFacts& key : manifest.partial->foreign_keys) {
      plan.warnings.push_back(cat("the foreign key ", printable(key.object), " is left out: the rows of ",
                                  printable(key.refers_to), " are not stored"));
    }
  }
}

class ServerRestore {
 public:
  ServerRestore(repository::Store& from, const RestorePlan& plan, const std::function<void()>& before_change,
                Observer& observer)
      : from_(&from),
        plan_(&plan),
        before_change_(before_change),
        observer_(&observer),
        target_(database::open_server(plan.database)) {}

  RestoreResult run() {
    const auto start = std::chrono::steady_clock::now();
    require_whole(*from_, plan_->options.id, *observer_);
    const StoredServerDatabase stored(from_->objects(), snapshot::read_manifest(from_->objects(), plan_->options.id));
    result_ = result_of(*plan_, stored.manifest());
    refuse_if_moved();
    drop_interrupted(*target_, *observer_);
    restore(stored);
    // What the server went on making for a command that was killed is there now.
    try {
      drop_interrupted(*target_, *observer_);
    } catch (const Error&) {  // this restore is done; the next one drops it
    }
    result_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    return std::move(result_);
  }

 private:
  void refuse_if_moved() {
    const bool exists = target_->exists();
    if (exists != (plan_->kind == RestorePlan::Target::swap)) {
      refuse_changed_target(*plan_);
    }
    if (exists) {
      for (const auto& obstacle : obstacles_of(*target_, plan_->options.despite)) {
        refuse_obstacle(obstacle, plan_->target);
      }
    }
  }

  void restore(const StoredServerDatabase& stored) {
    const auto built = build_whole(stored);
    if (before_change_) {
      before_change_();
    }
    const auto swapped = built->swap();
    result_.kept_database = swapped.kept;
    result_.downtime = swapped.downtime;
    result_.sessions_ended = swapped.ended;
  }

  // Until here nobody notices anything.
  std::unique_ptr<database::NewDatabase> build_whole(const StoredServerDatabase& stored) {
    try {
      auto options = build_options(plan_->database, *observer_);
      options.roles = plan_->options.roles;
      options.schema_only = plan_->options.schema_only;
      auto built = build(*target_, stored, options);
      result_.limits = built->limits();
      if (plan_->options.verify) {
        require_equal(*built, stored);
      }
      result_.verification = verification();
      built->finish();
      return built;
    } catch (const Error& error) {
      ErrorInfo info = error.info();
      info.state = cat("nothing was changed: ", printable(plan_->target),
                       plan_->kind == RestorePlan::Target::swap ? " is as it was" : " does not exist");
      base::fail(std::move(info));
    }
  }

  [[nodiscard]] bool with_schema() const { return plan_->options.roles.as_stored(); }

  [[nodiscard]] std::string verification() {
    result_.verified = plan_->options.verify && (with_schema() || !plan_->options.schema_only);
    if (!result_.verified) {
      return "not compared; every frame was checked as it was read";
    }
    if (plan_->options.schema_only) {
      return "the schema compared with that of the snapshot: the same";
    }
    return with_schema() ? "schema, sequences and the rows of every table compared with the snapshot: the same"
                         : "sequences and the rows of every table compared with the snapshot: the same";
  }

  void require_equal(database::NewDatabase& built, const StoredServerDatabase& stored) {
    const auto view = built.open_view();
    const auto found =
        compare(*view, stored, {.roles = with_schema(), .data = !plan_->options.schema_only}, *observer_);
    if (!found.empty()) {
      base::fail({.code = "restored_differs",
                  .exit = Exit::damaged,
                  .message = cat("what was restored is not what ", plan_->options.id, " holds: ", found.front().object,
                                 " ", found.front().problem,
                                 found.size() > 1 ? cat(", and ", base::plural(found.size() - 1, "more finding")) : ""),
                  .object = plan_->target,
                  .state = {},
                  .next = cat("`dbrollback verify ", plan_->options.id, " --level restored` says more")});
    }
  }

  repository::Store* from_;
  const RestorePlan* plan_;
  const std::function<void()>& before_change_;
  Observer* observer_;
  std::unique_ptr<database::ServerDatabase> target_;
  RestoreResult result_;
};

}  // namespace

void plan_server(repository::Store& from, RestorePlan& plan) {
  refuse_unknown(plan.options.despite);
  const SnapshotDetails manifest = snapshot::read_manifest(from.objects(), plan.options.id);
  refuse_unknown_roles(plan.options.roles, manifest);
  const auto target = database::open_server(plan.database);
  plan.target = target->location();
  plan.bytes = manifest.summary.raw_bytes;
  if (!plan.options.tables.empty()) {
    plan_server_tables(*target, manifest, plan);
    return;
  }
  if (plan.options.data_only) {
    plan_load(*target, manifest, plan);
    return;
  }
  plan.kind = plan.options.in_place ? RestorePlan::Target::in_place
              : target->exists()    ? RestorePlan::Target::swap
                                    : RestorePlan::Target::new_database;
  refuse_schema_alone(plan);
  refuse_partial(plan, manifest);
  warn_of_parts(plan, manifest);
  if (plan.options.in_place) {
    plan_in_place(from, *target, manifest, plan);
    return;
  }
  refuse_missing(missing_on(*target, from, manifest, plan.options.roles), plan);
  if (plan.kind == RestorePlan::Target::swap) {
    plan.obstacles = obstacles_of(*target, plan.options.despite);
    estimate_loss(*target, manifest, plan);
    for (const auto& kept : target->kept()) {
      if (kept.kind == database::KeptDatabase::Kind::replaced) {
        plan.warnings.push_back(cat("the database ", printable(kept.name),
                                    kept.bytes ? cat(" (", base::human_bytes(*kept.bytes), ")") : "",
                                    " is still there, which an earlier restore replaced"));
      }
    }
  }
}

void estimate_loss(database::ServerDatabase& target, const SnapshotDetails& manifest, RestorePlan& plan) {
  const auto since = target.written_since(*manifest.postgres, manifest.tables);
  if (!since.unknown.empty()) {
    plan.written_is_known = false;
    plan.warnings.push_back(cat("what was written since the snapshot cannot be estimated: ", since.unknown));
  }
  const auto& chosen = plan.options.tables;
  for (const auto& table : since.tables) {
    if (chosen.empty() || std::ranges::find(chosen, table.name) != chosen.end()) {
      plan.tables.push_back(
          {.name = table.name, .rows_now = table.rows_now, .rows_restored = table.rows_then, .written = table.written});
    }
  }
}

void refuse_without_rights(database::ServerDatabase& target, const RestorePlan& plan) {
  constexpr std::size_t most_named = 3;
  std::vector<std::string> missing = target.missing_rights(plan.options.tables);
  if (missing.empty()) {
    return;
  }
  const std::size_t more = missing.size() - std::min(missing.size(), most_named);
  missing.resize(missing.size() - more);
  base::fail({.code = "not_allowed",
              .exit = Exit::refused,
              .message = cat("this role may not restore into ", printable(plan.target), ": ",
                             printable(base::join(missing, "; ")), more > 0 ? cat("; and ", more, " more") : ""),
              .object = plan.target,
              .state = "nothing was changed",
              .next = "restore as the owner of what is there, or as a superuser"});
}

void drop_interrupted(database::ServerDatabase& target, Observer& observer) {
  for (const std::string& name : target.drop_interrupted()) {
    observer.note(cat("dropped the database ", printable(name), ", which an interrupted restore had left"));
  }
}

RestoreResult execute_server(repository::Store& from, const RestorePlan& plan,
                             const std::function<void()>& before_change, Observer& observer) {
  return ServerRestore(from, plan, before_change, observer).run();
}

}  // namespace dbrollback::restore
