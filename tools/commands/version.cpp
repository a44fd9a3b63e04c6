#include "dbrollback/version.hpp"

#include "dbrollback/json.hpp"
#include "tools/cli/describe.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

Exit run(cli::Context& context) {
  if (context.global().json) context.console().document(to_json(JsonFields{{"version", std::string(version())}}));
  context.console().say(std::string("dbrollback ") + version());
  return Exit::done;
}

}  // namespace

cli::Command version_command() {
  return {.name = "version",
          .summary = "the version of this program",
          .help = {.usage = {"version"},
                   .about = "Prints the version of this program.",
                   .examples = {{"version", ""}},
                   .exits = {{Exit::done, "printed"}, {Exit::failed, "standard output could not be written"}}},
          .options = {},
          .run = run};
}

}  // namespace dbrollback::commands
