#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "dbrollback/json.hpp"
#include "dbrollback/release.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/suggest.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"
#include "tools/commands/releases_text.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

struct Arguments {
  std::string action;
  std::string what;
};

Exit list(Context& context, const Arguments& /*arguments*/) {
  Repository repository = context.repository();
  const std::string scope = context.scope(repository);
  const std::vector<Release> releases = list_releases(repository, scope);
  if (context.global().json) context.console().document(to_json(releases));
  if (releases.empty()) {
    context.console().say("no releases" + (scope.empty() ? std::string() : " of " + cli::printable(scope)) + " in " +
                          cli::printable(repository.folder().string()));
    cli::say_next(context.console(), {{"to make one", context.again("deploy --app-version VERSION")}});
    return Exit::done;
  }
  say_releases(context, releases);
  return Exit::done;
}

[[noreturn]] void fail_which(Context& context, const std::string& what, const std::vector<std::string>& ids) {
  cli::fail_usage("ambiguous_id", "'" + cli::printable(what) + "' could be several: " + cli::join(ids, ", "), what,
                  context.again("releases show ID"));
}

// The release of that id; the last one of that version; the one whose id begins so.
const Release& find(Context& context, const std::vector<Release>& releases, const std::string& what) {
  std::vector<std::string> fits;
  const Release* found = nullptr;
  for (const Release& release : releases) {
    if (release.id == what) return release;
    if (release.id.starts_with(what)) {
      fits.push_back(release.id);
      found = &release;
    }
  }
  if (const Release* last = last_release_of(releases, what)) {
    for (const Release& release : releases) {
      if (release.version == what && release.database.name != last->database.name) {
        fail_which(context, what, {release.id, last->id});
      }
    }
    return *last;
  }
  if (fits.size() > 1) fail_which(context, what, fits);
  if (found == nullptr) {
    cli::fail_usage("no_such_release", "there is no release '" + cli::printable(what) + "'", what,
                    context.again("releases"));
  }
  return *found;
}

Exit show(Context& context, const Arguments& arguments) {
  Repository repository = context.repository();
  const std::vector<Release> releases = list_releases(repository, context.scope(repository));
  const Release& release = find(context, releases, arguments.what);
  const bool is_current = current_releases(releases).contains(release.id);
  if (context.global().json) context.console().document(to_json(release, is_current));
  say_release(context, release, is_current);
  return Exit::done;
}

// Who types a release's id means its version.
std::string version_meant(const std::vector<Release>& releases, const std::string& what) {
  const auto found = std::ranges::find(releases, what, &Release::id);
  return found == releases.end() ? what : found->version;
}

Exit mark(Context& context, const Arguments& arguments) {
  Repository repository = context.repository_for_writing();
  const std::vector<Release> releases = list_releases(repository);
  const std::string version = version_meant(releases, arguments.what);
  mark_good(repository, version, {});
  if (context.global().json) {
    context.console().document(to_json(JsonFields{{"version", version}, {"good", true}}));
  }
  const Release* last = last_release_of(releases, version);
  context.console().say("marked " + cli::printable(version) + " as good" +
                        (last == nullptr ? "; no release of it is known here" : ": its snapshots are kept for good"));
  cli::say_next(context.console(), {{"to undo", context.again("releases unmark-good " + cli::shell_quote(version))}});
  return Exit::done;
}

Exit unmark(Context& context, const Arguments& arguments) {
  Repository repository = context.repository();
  const std::string version = version_meant(list_releases(repository), arguments.what);
  const bool was_marked = unmark_good(repository, version);
  if (context.global().json) {
    context.console().document(to_json(JsonFields{{"version", version}, {"good", false}, {"was_good", was_marked}}));
  }
  context.console().say(cli::printable(version) +
                        (was_marked ? " is no longer marked as good" : " was not marked as good"));
  return Exit::done;
}

Exit good(Context& context, const Arguments& /*arguments*/) {
  Repository repository = context.repository();
  const std::vector<KnownGood> versions = known_good(repository);
  if (context.global().json) context.console().document(to_json(versions));
  say_known_good(context, versions);
  return Exit::done;
}

std::string content_of(const std::string& file) {
  constexpr std::streamsize largest = 16 << 20;
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(largest) + 1, '\0');
  in.read(text.data(), largest + 1);
  if (!in.is_open() || in.bad() || (in.gcount() == 0 && errno != 0)) {
    cli::fail_usage("no_such_file", "could not read " + cli::printable(file) + ": " + std::strerror(errno), file,
                    "name a file that this account can read");
  }
  if (in.gcount() > largest) {
    cli::fail_usage("bad_list", cli::printable(file) + " is no list of versions: it is too large", file,
                    "give a JSON list of texts");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Exit import(Context& context, const Arguments& arguments) {
  const std::vector<std::string> versions = versions_of_json(content_of(arguments.what), arguments.what);
  Repository repository = context.repository_for_writing();
  const std::size_t fresh = import_good(repository, versions, arguments.what);
  if (context.global().json) {
    context.console().document(to_json(JsonFields{
        {"file", arguments.what}, {"versions", std::uint64_t{versions.size()}}, {"marked", std::uint64_t{fresh}}}));
  }
  context.console().say("marked " + cli::plural(fresh, "version", "versions") + " of " +
                        cli::printable(arguments.what) + " as good" +
                        (fresh == versions.size() ? "" : "; the others were marked already"));
  return Exit::done;
}

struct Action {
  const char* name;
  const char* takes;  // empty: nothing
  Exit (*run)(Context&, const Arguments&);
};

constexpr std::array<Action, 6> actions{{{"", "", list},
                                         {"show", "VERSION", show},
                                         {"mark-good", "VERSION", mark},
                                         {"unmark-good", "VERSION", unmark},
                                         {"good", "", good},
                                         {"import", "FILE", import}}};

[[noreturn]] void fail_action(Context& context, const std::string& action) {
  std::vector<std::string> names;
  names.reserve(actions.size());
  std::ranges::transform(actions, std::back_inserter(names), &Action::name);
  const std::string meant = cli::nearest(action, names);
  cli::fail_usage("bad_value", "`releases` cannot '" + cli::printable(action) + "'", action,
                  context.again(meant.empty() ? "releases" : "releases " + meant));
}

Exit run(Context& context, const Arguments& arguments) {
  const auto action = std::ranges::find_if(actions, [&](const Action& each) { return arguments.action == each.name; });
  if (action == actions.end()) fail_action(context, arguments.action);
  const std::string takes = action->takes;
  const std::string command = "releases " + arguments.action;
  if (takes.empty() && !arguments.what.empty()) {
    cli::fail_usage("bad_value", "`" + command + "` takes no '" + cli::printable(arguments.what) + "'", arguments.what,
                    context.again(command));
  }
  if (!takes.empty() && arguments.what.empty()) {
    cli::fail_usage("missing_argument", "`" + command + "` needs a " + takes, takes,
                    context.again(command + " " + takes));
  }
  return action->run(context, arguments);
}

cli::Help help() {
  return {
      .usage = {"releases [--database NAME]", "releases show VERSION|ID", "releases mark-good VERSION",
                "releases unmark-good VERSION", "releases good", "releases import FILE"},
      .about =
          "Lists the releases, the newest last: which version of the application went with which version of the "
          "schema, "
          "the snapshot of the state before it and how far that was proven, and what became of it. `migrated`: the "
          "database is ready for it; `confirmed`: the application was found healthy; `rolled back`: the state before "
          "it is back. A version that is marked as good is where `rollback` goes by itself, and the snapshots of its "
          "last release stay until the mark is taken away. `import` marks the versions of a JSON list: of texts, or "
          "of objects with \"version\", \"commit\", \"sha\" or \"tag\".",
      .examples = {{"releases", ""},
                   {"releases show v1.4.2", "its migrations, snapshots and kept files; of the last release of v1.4.2"},
                   {"releases mark-good v1.4.2", "once you know that it is"},
                   {"releases good --json", "the known good versions, for programs"},
                   {"releases import known-good.json", "the commits that your tests have passed"}},
      .exits = {{Exit::done, "done; or there is nothing to list, or nothing to take away"},
                {Exit::failed, "the repository could not be read or written; nothing was changed"},
                {Exit::usage, "a wrong option or configuration, no such release, or a file that is no list"},
                {Exit::damaged, "the record of a release, or the list of good versions, is damaged"},
                {Exit::busy, "another command changes the list of good versions, or prunes; nothing was changed"}}};
}

}  // namespace

cli::Command releases_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "releases",
                       .summary = "what went live with which state of the database, and what is known to be good",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("ACTION", arguments->action);
  command.options.operand("WHAT", arguments->what);
  return command;
}

}  // namespace dbrollback::commands
