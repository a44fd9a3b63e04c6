#include "dbrollback/verify.hpp"

#include <algorithm>
#include <memory>

#include "dbrollback/json.hpp"
#include "dbrollback/notify.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/input.hpp"
#include "tools/cli/interrupt.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/freshness.hpp"
#include "tools/commands/verify_text.hpp"

namespace dbrollback::commands {
namespace {

using cli::Console;
using cli::Context;

struct Arguments {
  std::string id;
  bool all = false;
  bool latest = false;
  std::string level = "content";
  std::optional<std::chrono::milliseconds> max_age;
  std::string scratch;
  cli::InputArguments input;
};

VerifyOptions check(const Arguments& arguments) {
  const int ways =
      int{!arguments.id.empty()} + int{arguments.all} + int{arguments.latest} + int{arguments.input.given()};
  if (ways == 0) {
    cli::fail_usage("missing_argument", "which snapshot? `verify` needs an ID, --latest, --all or --input -", "ID",
                    "dbrollback verify --latest");
  }
  if (ways > 1) {
    cli::fail_usage("conflicting_options", "an ID, --latest, --all and --input - exclude each other", "",
                    "leave all of them but one out");
  }
  cli::check_input(arguments.input, "verify");
  if (arguments.max_age && !arguments.all && !arguments.latest) {
    cli::fail_usage("conflicting_options", "--max-age goes with --all or --latest only", "--max-age",
                    "dbrollback verify --latest --max-age 36h");
  }
  const std::optional<Proof> level = proof_from_string(arguments.level);
  if (!level || *level == Proof::none) {
    cli::fail_usage("bad_value", "--level takes stored, content or restored, not '" + arguments.level + "'", "--level",
                    "dbrollback verify --help");
  }
  return {.level = *level, .scratch = arguments.scratch};
}

// What a run over several snapshots comes to.
struct Outcome {
  std::vector<VerifyReport> reports;
  std::vector<VerifyFailure> failures;  // which could not be verified
  std::optional<Exit> first_failure;    // the status of the first of these

  [[nodiscard]] std::uint64_t damaged() const {
    const auto bad = std::count_if(reports.begin(), reports.end(), [](const VerifyReport& each) { return !each.ok; });
    return static_cast<std::uint64_t>(bad);
  }
};

Outcome verify_each(Context& context, Repository& repository, const std::vector<std::string>& ids,
                    VerifyOptions options) {
  Outcome outcome;
  const std::filesystem::path scratch = options.scratch;
  for (const std::string& id : ids) {
    try {
      options.database = context.for_proofs_of(repository.resolve(id).database);
      if (is_postgres_url(scratch.native())) {
        options.database.scratch_url = scratch.native();
        options.scratch.clear();
      }
      cli::ConsoleObserver observer(context.console());
      outcome.reports.push_back(verify(repository, id, options, observer));
    } catch (const Error& error) {
      // The others may still hold damage that somebody should hear of.
      if (cli::interrupted() || ids.size() == 1) throw;
      const std::string next = context.completed(error.info().next);
      context.console().warning(id + " could not be verified: " + error.what() + (next.empty() ? "" : "; " + next));
      outcome.failures.push_back({.id = id, .message = error.what()});
      if (!outcome.first_failure) outcome.first_failure = error.exit();
      continue;
    }
    say_report(context.console(), outcome.reports.back());
  }
  return outcome;
}

Exit report(Context& context, const Outcome& outcome, const std::vector<std::string>& old) {
  Console& console = context.console();
  const std::uint64_t damaged = outcome.damaged();
  if (context.global().json) console.document(to_json(outcome.reports, outcome.failures, old));
  for (const std::string& sentence : old) console.warning(sentence);
  if (outcome.reports.size() > 1) {
    console.say(cli::plural(outcome.reports.size(), "snapshot", "snapshots") + " verified, " +
                (damaged == 0 ? "all of them whole" : cli::count(damaged) + " damaged"));
  }
  if (!outcome.failures.empty()) {
    console.warning(cli::plural(outcome.failures.size(), "snapshot", "snapshots") + " could not be verified");
  }
  if (damaged > 0 || !old.empty()) {
    cli::say_next(console, {{"to see which are whole", damaged > 0 ? context.again("list") : ""},
                            {"to take a new one", context.again("snapshot")}});
  }
  if (damaged > 0 || !old.empty()) return Exit::damaged;
  return outcome.first_failure.value_or(Exit::done);
}

// What a nightly job finds must reach somebody who does not read its output.
void tell(Context& context, Repository& repository, const VerifyFinding& finding) {
  cli::ConsoleObserver observer(context.console());
  notify_verify_failed(repository, context.config(), finding, observer);
}

std::vector<std::string> problems_of(const Outcome& outcome, const std::vector<std::string>& old) {
  std::vector<std::string> problems = old;
  problems.reserve(old.size() + outcome.reports.size() + outcome.failures.size());
  for (const VerifyReport& each : outcome.reports) {
    if (!each.ok) problems.push_back("snapshot " + each.id + " is damaged");
  }
  for (const VerifyFailure& each : outcome.failures) {
    problems.push_back("snapshot " + each.id + " could not be verified: " + each.message);
  }
  return problems;
}

// `finding`: without its problems yet.
Exit verify_and_tell(Context& context, Repository& repository, const std::vector<std::string>& ids,
                     const VerifyOptions& options, const std::vector<std::string>& old, VerifyFinding finding) {
  finding.next = context.again("list");
  try {
    const Outcome outcome = verify_each(context, repository, ids, options);
    const Exit exit = report(context, outcome, old);
    finding.problems = problems_of(outcome, old);
    if (!finding.problems.empty()) tell(context, repository, finding);
    return exit;
  } catch (const Error& error) {
    finding.problems = {error.what()};
    if (error.exit() == Exit::damaged) tell(context, repository, finding);
    throw;
  }
}

[[noreturn]] void fail_nothing(Context& context, Repository& repository, const std::string& scope, Time began,
                               const ErrorInfo& info) {
  tell(context, repository, {.database = scope, .began = began, .problems = {info.message}, .next = info.next});
  cli::fail(info);
}

Exit verify_stored(Context& context, const Arguments& arguments, const VerifyOptions& options) {
  Repository repository = context.repository();
  const Time began = cli::now();
  if (!arguments.id.empty()) {
    const SnapshotSummary snapshot = context.resolve(repository, arguments.id);
    return verify_and_tell(context, repository, {snapshot.id}, options, {},
                           {.database = snapshot.database, .began = began, .problems = {}, .next = {}});
  }

  const std::string scope = context.scope(repository);
  const std::vector<SnapshotSummary> snapshots = repository.list(scope);
  if (snapshots.empty()) {
    fail_nothing(context, repository, scope, began,
                 {.code = "nothing_to_verify",
                  .exit = Exit::damaged,
                  .message = "there is nothing to verify: no snapshots" + (scope.empty() ? "" : " of " + scope) +
                             " in " + repository.folder().string(),
                  .object = repository.folder().string(),
                  .state = {},
                  .next = context.again("snapshot")});
  }
  const std::vector<SnapshotSummary> chosen = arguments.all ? snapshots : newest_of_each(snapshots);
  if (chosen.empty()) {
    fail_nothing(context, repository, scope, began,
                 {.code = "nothing_to_verify",
                  .exit = Exit::damaged,
                  .message = "there is nothing to verify: no whole snapshots" + (scope.empty() ? "" : " of " + scope) +
                             " in " + repository.folder().string(),
                  .object = repository.folder().string(),
                  .state = {},
                  .next = "take one with `" + context.again("snapshot") + "`, or verify the others with --all"});
  }
  std::vector<std::string> ids(chosen.size());
  std::ranges::transform(chosen, ids.begin(), [](const SnapshotSummary& snapshot) { return snapshot.id; });
  std::vector<std::string> old;
  if (arguments.max_age) {
    std::vector<DatabaseConfig> expected = context.config().databases;
    std::erase_if(expected, [&](const DatabaseConfig& each) { return !scope.empty() && each.name != scope; });
    old = too_old(snapshots, expected, *arguments.max_age, cli::now());
  }
  return verify_and_tell(context, repository, ids, options, old,
                         {.database = scope, .began = began, .problems = {}, .next = {}});
}

Exit run(Context& context, const Arguments& arguments) {
  const VerifyOptions options = check(arguments);
  if (!arguments.input.given()) return verify_stored(context, arguments, options);
  const std::unique_ptr<SpooledSnapshot> spooled = cli::read_input(context, arguments.input);
  return report(context, verify_each(context, spooled->repository(), {spooled->id()}, options), {});
}

cli::Help help() {
  return {
      .usage = {"verify ID [OPTION]…", "verify --latest | --all [--max-age TIME] [OPTION]…", "verify --input - < FILE"},
      .about =
          "Proves snapshots, to one of three levels. `stored`: every file is there, whole and undamaged, and nothing "
          "else is. `content` (the default): the data decompresses, and every page and every row is read, hashed "
          "and counted. `restored`: the snapshot is restored into a temporary database, whose schema, rows and "
          "checks are compared with what the snapshot says. The result is recorded and shown by `list`; a "
          "snapshot itself is never changed. ID is a full id, a unique beginning of one, `latest`, or `before:V`.",
      .examples = {{"verify --latest --level restored", "after a snapshot, before a deploy"},
                   {"verify --all --max-age 36h --quiet",
                    "every night: status 3 tells of damage, of an empty repository and of snapshots that nobody takes "
                    "any more"},
                   {"verify --input - < app.tar", "a snapshot that was written to a file"}},
      .exits = {{Exit::done, "everything that was verified is whole"},
                {Exit::failed, "a verification could not be carried out"},
                {Exit::usage, "a wrong option or configuration, no repository, or no such snapshot"},
                {Exit::damaged,
                 "damage was found; with --all and --latest also: there is no snapshot, or the newest one is older "
                 "than --max-age"},
                {Exit::busy, "the repository is locked"}}};
}

}  // namespace

cli::Command verify_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "verify",
                       .summary = "prove that snapshots are whole",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("ID", arguments->id);
  command.options.flag("all", arguments->all, "every snapshot, or with --database every one of that database");
  command.options.flag("latest", arguments->latest, "the newest whole snapshot of each database");
  command.options.text("level", "LEVEL", arguments->level, "stored, content (the default) or restored");
  command.options.duration("max-age", arguments->max_age,
                           "with --all and --latest: how old the newest snapshot of each database may be, such as 36h");
  command.options.text("scratch", "DIR|URL", arguments->scratch,
                       "where --level restored makes its temporary database (default $TMPDIR or /tmp), or PostgreSQL's "
                       "server for it");
  cli::declare_input(command.options, arguments->input);
  return command;
}

}  // namespace dbrollback::commands
