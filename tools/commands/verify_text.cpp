#include "tools/commands/verify_text.hpp"

#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {

using cli::Colour;

void say_report(cli::Console& console, const VerifyReport& report) {
  const std::string level = to_string(report.level);
  if (report.ok) {
    console.say(console.paint("✓ ", Colour::green) + report.id + "  " + level + ", " +
                (report.level >= Proof::content ? cli::plural(report.rows, "row", "rows") + ", " : "") +
                cli::bytes(report.stored_bytes) + ", " + cli::duration(report.duration) +
                (report.restore_duration.count() > 0 ? ", the restore " + cli::duration(report.restore_duration) : ""));
  } else {
    console.say(console.paint("✗ " + report.id + "  DAMAGED", Colour::red) + "  " + level + ", " +
                cli::plural(report.damage.size(), "finding", "findings"));
  }
  for (const Finding& finding : report.damage) {
    console.say("    " + cli::printable(finding.object) + ": " + cli::printable(finding.problem));
  }
  for (const Finding& finding : report.warnings) {
    console.say("    " + console.paint("warning", Colour::yellow) + " " + cli::printable(finding.object) + ": " +
                cli::printable(finding.problem));
  }
}

}  // namespace dbrollback::commands
