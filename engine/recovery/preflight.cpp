#include "engine/recovery/preflight.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/recovery/execution.hpp"
#include "engine/release/releases.hpp"
#include "engine/repository/run_record.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

constexpr std::array<std::string_view, 3> waivable{"no-snapshot", "dirty-tree", "dirty-migrations"};

void refuse_unknown_waivers(const std::vector<std::string>& despite) {
  for (const std::string& name : despite) {
    if (std::ranges::find(waivable, name) == waivable.end()) {
      base::fail_usage("bad_value", cat("--despite knows no ", printable(name)), name,
                       "it takes no-snapshot, dirty-tree and dirty-migrations");
    }
  }
}

std::string version_of(const DeployOptions& options, const application::Application& application) {
  std::string version = options.app_version;
  if (version.empty()) {
    version = application.running_version();
    const std::string dirt = application.dirt();
    if (!dirt.empty() && !is_waived(options.despite, "dirty-tree")) {
      base::fail({.code = "dirty_tree",
                  .exit = Exit::refused,
                  .message = cat("the version would be ", printable(version),
                                 ", and there is more than that: ", printable(dirt.substr(0, dirt.find('\n')))),
                  .object = version,
                  .state = "nothing was changed",
                  .next = "commit it, give --app-version, or deploy all the same with `--despite dirty-tree`"});
    }
  }
  if (version.empty()) {
    base::fail_usage("missing_argument", "deploy needs to know which version of the application comes", "--app-version",
                     "give --app-version V, or let `version` in [app] of the configuration print it");
  }
  application::require_version(version);
  return version;
}

// What a command prints for a release: its version, its mark, or one of the two cut short as commits are.
bool is_version_of(const Release& release, const std::string& printed) {
  constexpr std::size_t shortest_commit = 7;
  const auto is_same = [&](const std::string& known) {
    const std::string& shorter = known.size() < printed.size() ? known : printed;
    const bool is_commit =
        shorter.size() >= shortest_commit && shorter.find_first_not_of("0123456789abcdef") == std::string::npos;
    return known == printed || (is_commit && known.starts_with(shorter) && printed.starts_with(shorter));
  };
  return is_same(release.version) || (!release.mark.empty() && is_same(release.mark));
}

void ask_application(const application::Application& application, Preflight& out) {
  try {
    out.previous = application.running_version();
    out.previous_mark = application.mark();
  } catch (const Error& error) {
    if (error.code() == "interrupted") {
      throw;
    }
    out.warnings.push_back(cat("the application does not say which version runs: ", error.what()));
  }
}

// What runs now: as said, as it says itself, or as the last release says.
void find_previous(const DeployOptions& options, const application::Application& application, const Release* current,
                   Preflight& out) {
  out.previous = options.previous;
  if (out.previous.empty() && !options.app_version.empty()) {
    ask_application(application, out);
  }
  // Whoever has checked the new version out already has an application that calls itself that.
  const bool is_recorded =
      current != nullptr && current->state == Release::State::confirmed && options.previous.empty();
  const bool is_other = !out.previous.empty() && current != nullptr && !is_version_of(*current, out.previous);
  if (is_recorded && is_other) {
    out.warnings.push_back(cat("the application says that it is at ", printable(out.previous), "; a rollback goes to ",
                               printable(current->version), ", the last release"));
  }
  if (current != nullptr && (out.previous.empty() || is_recorded || !is_other)) {
    out.previous = current->version;
    out.previous_mark = is_other || out.previous_mark.empty() ? current->mark : out.previous_mark;
  }
  if (!out.previous.empty()) {
    application::require_version(out.previous);
  } else if (application.is_managed()) {
    out.warnings.emplace_back(
        "nobody knows which version runs now, and a rollback could not switch back to it: give "
        "it with --previous V, or let `version` in [app] print it");
  }
}

void warn_of_earlier(const Release* current, std::vector<std::string>& warnings) {
  if (current != nullptr && current->state != Release::State::confirmed) {
    warnings.push_back(cat("the deploy of ", printable(current->version), " before this one was never confirmed (",
                           to_string(current->state), "): its snapshot stays pinned"));
  }
}

}  // namespace

bool is_waived(const std::vector<std::string>& despite, const std::string& name) {
  return std::ranges::find(despite, name) != despite.end();
}

void refuse_unfinished(repository::Store& store, const std::string& identity) {
  const auto open = repository::Journal(store, identity).read();
  // A confirmation only asks, and is made again by asking again.
  if (!open || (open->command != "deploy" && open->command != "rollback")) {
    return;
  }
  const bool is_rollback = open->command == "rollback";
  base::fail({.code = "unfinished_run",
              .exit = Exit::refused,
              .message = cat("the ", is_rollback ? "rollback" : "deploy", " of ", printable(open->database), " to ",
                             target_of(*open), " is not over"),
              .object = open->id,
              .state = "nothing was changed by this run; `dbrollback status` says how far it came",
              .next = is_rollback
                          ? "`dbrollback rollback --resume` goes on, `dbrollback rollback --abandon` gives it up"
                          : "`dbrollback deploy --resume` goes on, `dbrollback rollback` takes it back, `dbrollback "
                            "deploy --abandon` leaves it as it is"});
}

void warn_of_unfinished(repository::Store& store, const std::string& identity, Observer& observer) {
  try {
    if (const auto open = repository::Journal(store, identity).read()) {
      observer.warning(cat("the ", printable(open->command), " of ", printable(open->database), " to ",
                           target_of(*open),
                           " is not over, and will find what this command does: see `dbrollback status`"));
    }
  } catch (const Error& error) {
    if (error.exit() != Exit::damaged) {
      throw;
    }
    observer.warning(
        cat("a deploy or a rollback of this database is not over, and its journal cannot be read: ", error.what()));
  }
}

Preflight look_before_deploy(repository::Store& store, const DatabaseConfig& database, const DeployOptions& options,
                             const application::Application& application, Observer& observer) {
  refuse_unknown_waivers(options.despite);
  Preflight out;
  out.version = version_of(options, application);
  const auto releases = release::read_all(store, database.name);
  const Release* current = current_release(releases);
  if (options.with_application && options.part == DeployOptions::Part::all) {
    application.require_available({.version = out.version, .previous = {}, .mark = {}});
  }
  find_previous(options, application, current, out);
  warn_of_earlier(current, out.warnings);
  out.has_migrations = !database.migrations.empty() || !database.migrate.up.empty() || !options.command.empty();
  out.live = read_live(store, database, observer);
  if (out.live.migrations_problem && options.command.empty()) {
    throw Error(*out.live.migrations_problem);
  }
  if (out.live.half_way && !is_waived(options.despite, "dirty-migrations")) {
    base::fail({.code = "dirty_migrations",
                .exit = Exit::refused,
                .message = out.live.problem,
                .object = database.name,
                .state = "nothing was changed",
                .next = "`dbrollback migrate status` says what mends it; or deploy all the same with `--despite "
                        "dirty-migrations`"});
  }
  return out;
}

}  // namespace dbrollback::recovery
