#include <memory>

#include "dbrollback/json.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

struct Arguments {
  std::string id;
  std::string reason;
};

std::string resolved(Context& context, Repository& repository, const std::string& command, const std::string& id) {
  if (id.empty()) {
    cli::fail_usage("missing_argument", "which snapshot? `" + command + "` needs an ID", "ID", context.again("list"));
  }
  return context.resolve(repository, id).id;
}

Exit pin(Context& context, const Arguments& arguments) {
  Repository repository = context.repository();
  const std::string id = resolved(context, repository, "pin", arguments.id);
  repository.pin(id, arguments.reason);
  if (context.global().json) {
    context.console().document(to_json(JsonFields{{"id", id}, {"pinned", true}, {"reason", arguments.reason}}));
  }
  context.console().say("pinned " + id + ": `prune` never removes it");
  cli::say_next(context.console(), {{"to undo", context.again("unpin " + id)}});
  return Exit::done;
}

Exit unpin(Context& context, const Arguments& arguments) {
  Repository repository = context.repository();
  const std::string id = resolved(context, repository, "unpin", arguments.id);
  repository.unpin(id);
  if (context.global().json) context.console().document(to_json(JsonFields{{"id", id}, {"pinned", false}}));
  context.console().say("unpinned " + id + ": from now on the rules of `prune` apply to it");
  return Exit::done;
}

std::vector<cli::ExitStatus> exits() {
  return {{Exit::done, "done"},
          {Exit::failed, "nothing was changed"},
          {Exit::usage, "a wrong option or configuration, no repository, or no such snapshot"}};
}

}  // namespace

cli::Command pin_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{
      .name = "pin",
      .summary = "protect a snapshot from `prune`",
      .help = {.usage = {"pin ID [--reason TEXT]"},
               .about = "Pins a snapshot: `prune` never removes it. ID is a full id, a unique beginning of one, "
                        "`latest`, or `before:V`. Pinning a pinned snapshot again changes the reason.",
               .examples = {{"pin before:v1.4.2 --reason 'v1.4.2 is not confirmed yet'", ""}},
               .exits = exits()},
      .options = {},
      .run = [arguments](Context& context) { return pin(context, *arguments); }};
  command.options.operand("ID", arguments->id);
  command.options.text("reason", "TEXT", arguments->reason, "why, as `list` shows it");
  return command;
}

cli::Command unpin_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "unpin",
                       .summary = "let `prune` decide about a snapshot again",
                       .help = {.usage = {"unpin ID"},
                                .about = "Removes the pin of a snapshot, so that the rules of `prune` apply to it "
                                         "again. The snapshot itself stays.",
                                .examples = {{"unpin before:v1.4.2", ""}},
                                .exits = exits()},
                       .options = {},
                       .run = [arguments](Context& context) { return unpin(context, *arguments); }};
  command.options.operand("ID", arguments->id);
  return command;
}

}  // namespace dbrollback::commands
