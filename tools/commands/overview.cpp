#include "tools/commands/overview.hpp"

#include "tools/cli/text.hpp"

namespace dbrollback::commands {
namespace {

// The numbers are those of dbrollback::Exit.
const std::vector<cli::Term>& exit_statuses() {
  static const std::vector<cli::Term> statuses = {
      {"0", "done"},
      {"1", "failed, nothing changed"},
      {"2", "wrong arguments or configuration"},
      {"3", "damage or a difference was found"},
      {"4", "refused: unsafe without confirmation, or something changed since the plan was made"},
      {"5", "busy: locked, or timed out"},
      {"6", "failed part way: the message says what state things are in and what to run next"},
      {"7", "a deploy failed and was rolled back"}};
  return statuses;
}

}  // namespace

std::string overview(const std::vector<Group>& groups, const cli::Options& global, std::size_t width) {
  std::string out = "dbrollback: snapshots of a database before a change, and the way back after it\n\n";
  out += "  dbrollback COMMAND [OPTION]…\n";
  out += "  dbrollback help COMMAND      explains a command, with examples\n";

  // One list for the widths, so that the columns of all groups align.
  std::size_t column = 0;
  for (const Group& group : groups) {
    for (const cli::Command& command : group.commands) column = std::max(column, command.name.size());
  }
  for (const Group& group : groups) {
    std::vector<cli::Term> terms;
    for (const cli::Command& command : group.commands) {
      terms.push_back({cli::pad_right(command.name, column), command.summary});
    }
    out += "\n" + group.title + ":\n" + cli::term_list(terms, width);
  }
  out += "\nOptions of all commands, before or after the command:\n" + cli::term_list(cli::option_terms(global), width);
  return out + "\nExit statuses:\n" + cli::term_list(exit_statuses(), width);
}

}  // namespace dbrollback::commands
