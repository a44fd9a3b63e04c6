#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "dbrollback/run.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

using cli::Context;

struct Arguments {
  std::string run;
  std::string format;
  std::string output;
};

struct FormatName {
  const char* name;
  const char* ending;  // of files
  ReportFormat format;
};
constexpr std::array<FormatName, 4> formats{{{"text", ".txt", ReportFormat::text},
                                             {"markdown", ".md", ReportFormat::markdown},
                                             {"html", ".html", ReportFormat::html},
                                             {"json", ".json", ReportFormat::json}}};

// What --format says; else --json; else what the file is called.
ReportFormat format_of(const Context& context, const Arguments& arguments) {
  const bool json = context.global().json;
  if (!arguments.format.empty()) {
    const auto* const found = std::ranges::find(formats, arguments.format, &FormatName::name);
    if (found == formats.end()) {
      cli::fail_usage("bad_value", "--format takes text, markdown, html or json, not '" + arguments.format + "'",
                      "--format", "dbrollback report --help");
    }
    if (json && found->format != ReportFormat::json) {
      cli::fail_usage("conflicting_options", "--json and --format " + arguments.format + " exclude each other",
                      "--format", "leave one of them out");
    }
    return found->format;
  }
  if (json) return ReportFormat::json;
  const auto* const found =
      std::ranges::find_if(formats, [&](const FormatName& each) { return arguments.output.ends_with(each.ending); });
  return found == formats.end() ? ReportFormat::text : found->format;
}

Run run_of(Context& context, const Arguments& arguments) {
  Repository repository = context.repository();
  const std::string scope = context.scope(repository);
  if (!arguments.run.empty()) return find_run(repository, arguments.run, scope);
  std::vector<Run> runs = list_runs(repository, scope);
  const auto last = std::find_if(runs.rbegin(), runs.rend(),
                                 [](const Run& run) { return run.command == "deploy" || run.command == "rollback"; });
  if (last == runs.rend()) {
    cli::fail_usage("no_such_run", "there is no deploy and no rollback to report", "",
                    "name another run, such as `" + context.again("report latest") + "`");
  }
  return std::move(*last);
}

[[noreturn]] void fail_output(const std::string& file, int error) {
  const bool there = error == EEXIST;
  cli::fail({.code = there ? "file_exists" : "write_failed",
             .exit = there ? Exit::refused : Exit::failed,
             .message = there ? file + " exists already: somebody may have filled in what is left blank"
                              : "could not write " + file + ": " + std::strerror(error),
             .object = file,
             .state = "it was not touched",
             .next = there ? "name another file, or move this one away" : "name a file that can be written"});
}

// 0600: it says where things are, and what logs said.
void write_file(const std::string& file, const std::string& text) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) fail_output(file, errno);
  int error = 0;
  for (std::size_t written = 0; written < text.size() && error == 0;) {
    const ssize_t count = write(fd, text.data() + written, text.size() - written);
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (close(fd) != 0 && error == 0) error = errno;
  if (error == 0) return;
  (void)unlink(file.c_str());
  cli::fail({.code = "write_failed",
             .exit = Exit::failed,
             .message = "could not write " + file + ": " + std::strerror(error),
             .object = file,
             .state = "no report is there",
             .next = "name a file on a disk with room"});
}

Exit run(Context& context, const Arguments& arguments) {
  const ReportFormat format = format_of(context, arguments);
  const Run chosen = run_of(context, arguments);
  const std::string text = render_report(chosen, format, context.config().timezone);
  if (arguments.output.empty() || arguments.output == "-") {
    context.console().document(text);
    return Exit::done;
  }
  write_file(arguments.output, text);
  if (context.global().json) context.console().document(text);
  context.console().say("the report of " + chosen.id + " is in " + cli::printable(arguments.output));
  return Exit::done;
}

cli::Help help() {
  return {.usage = {"report [RUN] [--format FORMAT] [--output FILE]"},
          .about =
              "Writes the report of one run: what happened and how it ended, who and where, each step with its time, "
              "what was lost, what was verified, and the evidence that was collected. For a deploy or a rollback it "
              "leaves room for what only people know: impact on users, root cause, follow-ups. RUN is an id, a unique "
              "beginning of one, `latest`, or `latest:COMMAND`, such as `latest:rollback`; left out, it is the latest "
              "deploy or rollback.",
          .examples = {{"report", "on this terminal"},
                       {"report latest:rollback --output incident.html", "one file, for a browser or for paper"},
                       {"report 20261120T2330 --format markdown | gh issue create --body-file - --title Incident", ""}},
          .exits = {{Exit::done, "the report was written"},
                    {Exit::failed, "the repository could not be read, or the file not be written"},
                    {Exit::usage, "a wrong option or configuration, no repository, or no such run"},
                    {Exit::refused, "FILE exists already; it was not touched"}}};
}

}  // namespace

cli::Command report_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "report",
                       .summary = "write the report of a deploy, a rollback or another run",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.operand("RUN", arguments->run);
  command.options.text("format", "FORMAT", arguments->format,
                       "text, markdown, html or json; else as FILE ends (.md, .html, .json), else text");
  command.options.text("output", "FILE", arguments->output, "a new file instead of standard output");
  return command;
}

}  // namespace dbrollback::commands
