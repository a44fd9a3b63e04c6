#include "tools/commands/releases_text.hpp"

#include <algorithm>

#include "tools/cli/describe.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {

using cli::Colour;
using cli::Console;
using cli::Context;

namespace {

cli::Cell state_cell(const Release& release) {
  switch (release.state) {
    case Release::State::started:
      return {"started", Colour::yellow};
    case Release::State::migrated:
      return {"migrated", Colour::yellow};
    case Release::State::confirmed:
      return {"confirmed", Colour::green};
    case Release::State::failed:
      return {"FAILED", Colour::red};
    case Release::State::rolled_back:
      return {"rolled back", Colour::dim};
    case Release::State::abandoned:
      break;
  }
  return {"abandoned", Colour::yellow};
}

std::string schema_version(const std::string& version) { return version.empty() ? "none" : cli::printable(version); }

// "20260101 → 20260202"; of one that changed nothing, what it found.
std::string schema_text(const ReleaseDatabase& database) {
  if (database.version_before.empty() && database.version_after.empty()) return {};
  if (database.version_before == database.version_after) return cli::printable(database.version_after);
  return schema_version(database.version_before) + " → " + schema_version(database.version_after);
}

cli::Cell release_proof_cell(const ReleaseDatabase& database) {
  if (database.snapshot.empty()) return {};
  if (database.proof == Proof::none) return {"not yet proven", Colour::yellow};
  return {to_string(database.proof), database.proof == Proof::stored ? Colour::plain : Colour::green};
}

std::string migrations_text(const ReleaseDatabase& database) {
  std::vector<std::string> names;
  names.reserve(database.migrations.size());
  for (const ReleaseMigration& each : database.migrations) {
    std::string name = cli::printable(each.name);
    if (!each.has_down) name += " (no way back)";
    names.push_back(std::move(name));
  }
  return cli::join(names, ", ");
}

std::string took_text(const Release& release) {
  std::vector<std::string> parts;
  const auto add = [&](const char* what, std::chrono::milliseconds took) {
    if (took.count() > 0) parts.push_back(what + (" " + cli::duration(took)));
  };
  add("snapshot", release.snapshot_took);
  add("migrations", release.migrations_took);
  add("application", release.start_took);
  return cli::join(parts, ", ");
}

std::string snapshot_text(Console& console, const ReleaseDatabase& database) {
  if (database.snapshot.empty()) return console.paint("none: it went without", Colour::yellow);
  const cli::Cell proof = release_proof_cell(database);
  return database.snapshot + ", " + console.paint(proof.text, proof.colour);
}

std::string with_mark(const std::string& version, const std::string& mark) {
  if (version.empty() || mark.empty()) return cli::printable(version);
  return cli::printable(version) + " (" + cli::printable(mark) + ")";
}

cli::Facts next_of(Context& context, const Release* current) {
  if (current == nullptr) return {};
  cli::Facts next{{"to see one", context.again("releases show " + cli::shell_quote(current->version))}};
  const bool is_unclear = current->state != Release::State::confirmed;
  next.emplace_back(is_unclear ? "to see how things stand" : "to go back",
                    context.again(is_unclear ? "status" : "rollback --dry-run"));
  return next;
}

}  // namespace

void say_releases(Context& context, const std::vector<Release>& releases) {
  Console& console = context.console();
  const auto current = current_releases(releases);
  const bool several = std::ranges::any_of(
      releases, [&](const Release& each) { return each.database.name != releases.front().database.name; });
  cli::Table table({{.title = "version"},
                    {.title = "state"},
                    {.title = "now"},
                    {.title = "started", .expendable = 3},
                    {.title = "age", .align = cli::Column::Align::right, .expendable = 1},
                    {.title = "database", .least = 6},
                    {.title = "schema", .least = 8},
                    {.title = "snapshot", .least = 20, .expendable = 4},
                    {.title = "proof", .expendable = 2},
                    {.title = "good"}});
  for (const Release& release : releases) {
    table.row({{cli::printable(release.version), Colour::bold},
               state_cell(release),
               {current.contains(release.id) ? "current" : "", Colour::green},
               {cli::local_time(release.started)},
               {cli::age(cli::now() - release.started)},
               {several ? cli::printable(release.database.name) : ""},
               {schema_text(release.database)},
               {release.database.snapshot.empty() ? "none" : release.database.snapshot,
                release.database.snapshot.empty() ? Colour::yellow : Colour::plain},
               release_proof_cell(release.database),
               {release.good ? "good" : "", Colour::green}});
  }
  console.say(table);
  cli::say_next(console, next_of(context, several ? nullptr : current_release(releases)));
}

void say_release(Context& context, const Release& release, bool is_current) {
  Console& console = context.console();
  const cli::Cell state = state_cell(release);
  const ReleaseDatabase& database = release.database;
  console.say(console.paint(release.id, Colour::bold));
  cli::say_facts(
      console,
      {{"version", with_mark(release.version, release.mark)},
       {"state", console.paint(state.text, state.colour) + (is_current ? ", current" : "") +
                     (release.changed == release.started ? "" : ", since " + cli::local_time(release.changed))},
       {"good", release.good ? console.paint("marked as good", Colour::green) : ""},
       {"problem", cli::printable(release.problem)},
       {"started", cli::local_time(release.started) + ", " + cli::ago(release.started, cli::now()) + ", by " +
                       cli::printable(release.user)},
       {"before it", with_mark(release.previous, release.previous_mark)},
       {"database", cli::printable(database.name)},
       {"snapshot", snapshot_text(console, database)},
       {"after it", database.snapshot_after},
       {"schema", schema_text(database) + (database.format.empty() ? "" : ", by " + cli::printable(database.format))},
       {"migrations", migrations_text(database)},
       {"took", took_text(release)},
       {"run", cli::printable(release.run)}});
  for (const ReleaseFile& file : release.files) {
    console.say("  kept  " + cli::printable(file.path) + "  " + file.hash);
  }
  if (!release.good && release.state == Release::State::confirmed) {
    cli::say_next(console, {{"to mark it", context.again("releases mark-good " + cli::shell_quote(release.version))}});
  }
}

void say_known_good(Context& context, const std::vector<KnownGood>& versions) {
  Console& console = context.console();
  if (versions.empty()) {
    console.say("no version is marked as good");
    cli::say_next(console, {{"to mark one", context.again("releases mark-good VERSION")},
                            {"to mark many", context.again("releases import FILE")}});
    return;
  }
  cli::Table table({{.title = "version"},
                    {.title = "marked"},
                    {.title = "by", .least = 6, .expendable = 1},
                    {.title = "from", .least = 12}});
  for (const KnownGood& each : versions) {
    table.row({{cli::printable(each.version), Colour::bold},
               {cli::local_time(each.marked)},
               {cli::printable(each.user)},
               {cli::printable(each.source)}});
  }
  console.say(table);
}

}  // namespace dbrollback::commands
