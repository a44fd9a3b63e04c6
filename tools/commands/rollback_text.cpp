#include "tools/commands/rollback_text.hpp"

#include "tools/cli/describe.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {

using cli::Colour;
using cli::Console;
using cli::Context;

namespace {

constexpr std::size_t most_losses = 12;

// " - TEXT", broken at the width of the screen, the lines after the first below its text.
void say_item(Console& console, const std::string& lead, const std::string& text) {
  const std::size_t width = std::max<std::size_t>(console.text_width(), 40);
  std::string indent(cli::display_width(lead), ' ');
  bool is_first = true;
  for (const std::string& line : cli::wrap(text, width - indent.size())) {
    console.say((is_first ? lead : indent) + line);
    is_first = false;
  }
}

std::string loss_text(const RunLoss& loss) {
  std::string out = loss.object + ": ";
  if (loss.rows) out += (loss.estimated ? "about " : "") + cli::count(*loss.rows) + " ";
  return out + loss.what;
}

void say_losses(Console& console, const WayBack& way) {
  std::size_t said = 0;
  for (const RunLoss& loss : way.losses) {
    if (++said > most_losses) {
      console.say("    … and " + cli::count(way.losses.size() - most_losses) + " more: --json has them all");
      break;
    }
    say_item(console, "    lost: ", loss_text(loss));
  }
  for (const std::string& unknown : way.unknown) say_item(console, "    not known: ", unknown);
  if (way.losses.empty() && way.unknown.empty()) console.say("    lost: nothing");
}

void say_way(Console& console, const WayBack& way, bool is_chosen) {
  const std::string name = console.paint(to_string(way.strategy), is_chosen ? Colour::bold : Colour::plain);
  if (!way.why_not.empty()) {
    say_item(console, "  " + cli::pad_right(to_string(way.strategy), 8) + " ", "not possible: " + way.why_not);
    return;
  }
  const std::string time = way.expected.count() > 0 ? "about " + cli::duration(way.expected) : "time not known";
  console.say("  " + name + std::string(9 - std::string(to_string(way.strategy)).size(), ' ') + time +
              (is_chosen ? console.paint("  ← this one", Colour::green) : ""));
  if (!way.expected_from.empty()) say_item(console, "    time: ", way.expected_from);
  say_losses(console, way);
}

}  // namespace

void say_rollback_plan(Context& context, const RollbackPlan& plan) {
  Console& console = context.console();
  console.say(console.paint("back from " + cli::printable(plan.from_version) + " to " +
                                (plan.to_version.empty() ? "the state before" : cli::printable(plan.to_version)),
                            Colour::bold));
  cli::say_facts(console, {{"database", cli::printable(plan.database) + " (" + cli::printable(plan.location) + ")"},
                           {"undone", plan.releases.size() == 1 ? "" : cli::join(plan.releases, ", ")},
                           {"snapshot", plan.snapshot.empty() ? "none was taken" : plan.snapshot},
                           {"allowed", plan.rto ? cli::duration(*plan.rto) + " (rto)" : ""}});
  console.say();
  console.say("ways back:");
  for (const WayBack& way : plan.ways) say_way(console, way, way.strategy == plan.strategy);
  console.say();
  say_item(console, "why " + std::string(to_string(plan.strategy)) + ": ", plan.reason);
  console.say();
  console.say("steps:");
  std::size_t number = 0;
  for (const RunStep& step : plan.way().steps) {
    say_item(console, cli::pad_left(std::to_string(++number), 3) + ". ", step.title);
  }
  if (!plan.commands.empty()) {
    console.say();
    console.say("commands of the application:");
    for (const std::string& command : plan.commands) console.say("  " + cli::printable(command));
  }
  for (const std::string& warning : plan.warnings) console.warning(warning);
}

void say_rolled_back(Context& context, const RollbackResult& result) {
  Console& console = context.console();
  console.say(console.paint(
      "rolled back to " +
          (result.to_version.empty() ? std::string("the state before") : cli::printable(result.to_version)) + " by " +
          to_string(result.strategy) + " in " + cli::duration(result.duration),
      Colour::bold));
  cli::Facts facts;
  for (const std::string& sentence : result.verification) facts.emplace_back(facts.empty() ? "proven" : "", sentence);
  cli::say_facts(console, facts);
  cli::say_facts(console, {{"health", cli::join(result.health, "; ")},
                           {"left", result.kept_database.empty()
                                        ? (result.snapshot_before.empty() ? "" : "snapshot " + result.snapshot_before)
                                        : "the database " + cli::printable(result.kept_database)},
                           {"run", result.run.id}});
  const std::string allowed = result.run.fact("rto_ms");
  if (!allowed.empty() && result.duration > std::chrono::milliseconds(std::stoll(allowed))) {
    console.warning("it took " + cli::duration(result.duration) + ", longer than the " +
                    cli::duration(std::chrono::milliseconds(std::stoll(allowed))) + " that are allowed (rto)");
  }
  const bool has_kept = !result.kept_database.empty();
  cli::Facts next{{"the incident report", context.again("report " + result.run.id + " --output incident.html")}};
  if (has_kept) next.emplace_back("once it is good", context.again("restore --discard-old"));
  cli::say_next(console, next);
}

}  // namespace dbrollback::commands
