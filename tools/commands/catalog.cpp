#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

Exit run(Context& context, const std::string& action) {
  if (action != "rebuild") {
    const std::string what =
        action.empty() ? "`catalog` needs to be told what to do" : "`catalog` cannot '" + action + "'";
    cli::fail_usage(action.empty() ? "missing_argument" : "bad_value", what, action, context.again("catalog rebuild"));
  }
  Repository repository = context.repository();
  const std::size_t snapshots = repository.rebuild_catalog();
  const std::string folder = repository.folder().string();
  if (context.global().json) {
    context.console().document(to_json(JsonFields{{"repository", folder}, {"snapshots", std::uint64_t{snapshots}}}));
  }
  context.console().say("rebuilt the catalog of " + cli::printable(folder) + ": " +
                        cli::plural(snapshots, "snapshot", "snapshots"));
  return Exit::done;
}

}  // namespace

cli::Command catalog_command() {
  const auto action = std::make_shared<std::string>();
  cli::Command command{
      .name = "catalog",
      .summary = "rebuild the index of the repository",
      .help = {.usage = {"catalog rebuild"},
               .about = "Builds the catalog, the index that makes `list` fast, again from the manifests of the "
                        "snapshots, which are the truth. It is never needed for safety: a catalog that is missing or "
                        "behind is rebuilt by itself.",
               .examples = {{"catalog rebuild", ""}},
               .exits = {{Exit::done, "rebuilt"},
                         {Exit::failed, "the repository could not be read or written; the old catalog stays"},
                         {Exit::usage, "a wrong option or configuration, or no repository"}}},
      .options = {},
      .run = [action](Context& context) { return run(context, *action); }};
  command.options.operand("rebuild", *action);
  return command;
}

}  // namespace dbrollback::commands
