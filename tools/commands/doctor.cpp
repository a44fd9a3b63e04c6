#include "dbrollback/doctor.hpp"

#include <algorithm>

#include "dbrollback/json.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Colour;
using cli::Console;
using cli::Context;

std::string sign(const Console& console, Diagnosis::Level level) {
  switch (level) {
    case Diagnosis::Level::ok:
      return console.paint("✓", Colour::green);
    case Diagnosis::Level::warning:
      return console.paint("!", Colour::yellow);
    case Diagnosis::Level::failure:
      return console.paint("✗", Colour::red);
  }
  return {};
}

std::uint64_t number_of(const std::vector<Diagnosis>& findings, Diagnosis::Level level) {
  const auto number =
      std::count_if(findings.begin(), findings.end(), [=](const Diagnosis& each) { return each.level == level; });
  return static_cast<std::uint64_t>(number);
}

void say(Console& console, const std::vector<Diagnosis>& findings) {
  for (const Diagnosis& finding : findings) {
    console.say(sign(console, finding.level) + " " + cli::printable(finding.subject) + ": " +
                cli::printable(finding.message));
    if (!finding.next.empty()) console.say("    next: " + cli::printable(finding.next));
  }
  const std::uint64_t failures = number_of(findings, Diagnosis::Level::failure);
  const std::uint64_t warnings = number_of(findings, Diagnosis::Level::warning);
  if (failures == 0 && warnings == 0) {
    console.say("everything is ready for a snapshot and a restore");
  } else {
    console.say(cli::plural(failures, "failure", "failures") + ", " + cli::plural(warnings, "warning", "warnings"));
  }
}

Exit run(Context& context) {
  std::vector<DatabaseConfig> databases = context.config().databases;
  if (!context.database_name().empty()) databases = {context.database()};
  const std::vector<Diagnosis> findings = diagnose(context.config(), databases);
  if (context.global().json) context.console().document(to_json(findings));
  say(context.console(), findings);
  return number_of(findings, Diagnosis::Level::failure) == 0 ? Exit::done : Exit::failed;
}

}  // namespace

cli::Command doctor_command() {
  return {
      .name = "doctor",
      .summary = "check everything that a snapshot and a restore will need",
      .help = {.usage = {"doctor [--database NAME]"},
               .about = "Looks at the configuration, the repository and the databases, and says what a snapshot or "
                        "a restore would stumble over, and what to do about it. It changes nothing.",
               .examples = {{"doctor", ""}, {"doctor --database /srv/app/app.db", "a database that is not configured"}},
               .exits = {{Exit::done, "nothing is wrong, though there may be warnings"},
                         {Exit::failed, "something would fail"},
                         {Exit::usage, "a wrong option or configuration"}}},
      .options = {},
      .run = run};
}

}  // namespace dbrollback::commands
