// The command line: finds the command, parses its options, runs it, and turns what it throws into a message and an exit
// status.
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/error.hpp"
#include "tools/cli/console.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/interrupt.hpp"
#include "tools/cli/suggest.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/overview.hpp"

namespace dbrollback::commands {
namespace {

std::vector<Group> all_commands() {
  std::vector<Group> groups;
  groups.push_back({"To set up", {init_command(), doctor_command()}});
  groups.push_back({"Before a change", {snapshot_command(), verify_command()}});
  groups.push_back({"The change", {deploy_command(), hook_command(), migrate_command()}});
  groups.push_back(
      {"To look",
       {status_command(), releases_command(), list_command(), show_command(), diff_command(), report_command()}});
  groups.push_back({"The way back", {rollback_command(), restore_command(), export_command()}});
  groups.push_back({"To keep house", {prune_command(), pin_command(), unpin_command(), catalog_command()}});
  groups.push_back({"This program", {version_command()}});
  return groups;
}

// What other tools call it.
std::string synonym(const std::string& word) {
  if (word == "backup" || word == "save" || word == "dump") return "snapshot";
  if (word == "undo" || word == "revert") return "rollback";
  if (word == "ls" || word == "snapshots") return "list";
  if (word == "check" || word == "test") return "verify";
  if (word == "rm" || word == "delete" || word == "forget") return "prune";
  if (word == "info") return "show";
  return {};
}

const cli::Command& find(const std::vector<Group>& groups, const std::string& name) {
  std::vector<std::string> names{"help"};
  for (const Group& group : groups) {
    for (const cli::Command& command : group.commands) {
      if (command.name == name) return command;
      names.push_back(command.name);
    }
  }
  const std::string other = synonym(name);
  const std::string meant = other.empty() ? cli::nearest(name, names) : other;
  cli::fail_usage("unknown_command",
                  "there is no command '" + name + "'" + (meant.empty() ? "" : "; did you mean " + meant + "?"), name,
                  meant.empty() ? "dbrollback --help" : "dbrollback help " + meant);
}

cli::Appearance appearance(const cli::GlobalOptions& global) {
  return {.json = global.json, .quiet = global.quiet, .verbose = global.verbose, .colour = !global.no_color};
}

// No argument may hold a password. This comes before anything else that is wrong, whose message might repeat it.
void refuse_passwords(const std::vector<std::string>& words) {
  bool is_prose = false;  // what people write as a reason is theirs
  for (const std::string& word : words) {
    const bool of_option = word.starts_with("--");
    if (!is_prose && !word.starts_with("--pin=") && !word.starts_with("--reason=")) {
      refuse_password(word);
      if (of_option) refuse_password(std::string_view(word).substr(std::min(word.find('='), word.size() - 1) + 1));
    }
    is_prose = word == "--pin" || word == "--reason";
  }
}

Exit run(cli::Console& console, const std::vector<std::string>& words) {
  refuse_passwords(words);
  const std::vector<Group> groups = all_commands();
  cli::GlobalOptions global;
  const cli::Options global_options = cli::declare_global(global);
  const std::size_t width = cli::reading_width(cli::width_of(STDOUT_FILENO));

  cli::CommandLine line = cli::find_command(words, global_options);
  const bool help = line.command == "help";
  if (help) {
    const cli::CommandLine about = cli::find_command(line.words, global_options);
    line = {about.command, about.words};
  }
  if (line.command.empty()) {
    cli::Options().parse(line.words, global_options, "dbrollback --help");
    cli::Context context(global, console);
    console.set(appearance(global));
    if (global.version) return version_command().run(context);
    console.document(overview(groups, global_options, width));
    return Exit::done;
  }

  const cli::Command& command = find(groups, line.command);
  command.options.parse(line.words, global_options, "dbrollback help " + command.name);
  console.set(appearance(global));
  if (help || global.help) {
    console.document(
        cli::help_text(command.name, command.summary, command.help, command.options, global_options, width));
    return Exit::done;
  }
  cli::Context context(global, console);
  if (global.version) return version_command().run(context);
  try {
    refuse_password(context.database_name());  // DBROLLBACK_DATABASE too
    return command.run(context);
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.next = context.completed(info.next);
    throw Error(std::move(info));
  }
}

Exit run_reporting_errors(cli::Console& console, const std::vector<std::string>& words) {
  try {
    return run(console, words);
  } catch (const Error& error) {
    console.end_progress();
    ErrorInfo info = error.info();
    // What a failure leaves behind is said where it happens; by default that is nothing.
    if (info.state.empty()) info.state = "nothing was changed";
    console.error(info);
    return error.exit();
  } catch (const std::exception& error) {
    console.end_progress();
    console.error({.code = "internal_error",
                   .exit = Exit::failed,
                   .message = std::string("internal error: ") + error.what(),
                   .object = {},
                   .state = {},
                   .next = "please report this, with the command that you typed"});
    return Exit::failed;
  }
}

}  // namespace
}  // namespace dbrollback::commands

int main(int argc, char** argv) {
  using namespace dbrollback;
  cli::claim_standard_streams();
  cli::watch_for_interrupts();
  const std::vector<std::string> words(argv + 1, argv + argc);
  // Known before anything is parsed, because a mistake in the options is to be reported in the same way.
  cli::Console console({.json = cli::typed(words, "--json"),
                        .quiet = cli::typed(words, "--quiet"),
                        .verbose = false,
                        .colour = !cli::typed(words, "--no-color")});
  const Exit status = commands::run_reporting_errors(console, words);
  return static_cast<int>(console.finish(status));
}
