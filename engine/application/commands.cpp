#include "engine/application/commands.hpp"

#include <algorithm>
#include <vector>

#include "dbrollback/error.hpp"
#include "engine/base/bytes.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/placeholders.hpp"
#include "engine/base/run.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::application {

using base::cat;
using base::printable;

namespace {

// More is captured than is kept, so that what is cut off here is whole when its secrets are taken out.
constexpr std::size_t most_captured = 1U << 20U;
constexpr std::size_t most_kept = 64U << 10U;
constexpr std::uint64_t most_logged = 64U << 20U;

std::string shell_word(const std::string& word) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) {
    return word;
  }
  std::string out = "'";
  for (const char c : word) {
    c == '\'' ? out += "'\\''" : out += c;
  }
  out += '\'';
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return lines;
}

// Control characters but tabs, and what is no UTF-8, become \xNN; lines stay lines.
std::string clean(std::string_view text) {
  std::vector<std::string> lines = lines_of(text);
  for (std::string& line : lines) {
    if (line.ends_with('\r')) {
      line.pop_back();
    }
    std::ranges::replace(line, '\t', ' ');
    line = printable(line);
  }
  return base::join(lines, "\n");
}

std::string last_lines(const std::string& text) {
  constexpr std::size_t most_lines = 4;
  constexpr std::size_t longest = 600;
  std::vector<std::string> lines = lines_of(text);
  std::erase_if(lines, [](const std::string& line) { return line.find_first_not_of(' ') == std::string::npos; });
  const auto first = lines.size() - std::min(lines.size(), most_lines);
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first));
  std::string last = base::join(lines, " | ");
  return last.size() <= longest ? last : cat("…", printable(last.substr(last.size() - longest)));
}

std::string ending_of(const base::Outcome& outcome, std::chrono::milliseconds timeout) {
  if (outcome.timed_out) {
    return cat("did not end within ", base::human_duration(timeout), ", and was stopped");
  }
  return outcome.signal != 0 ? cat("was ended by signal ", outcome.signal) : cat("ended with status ", outcome.status);
}

Ran ran(const base::Outcome& outcome, const Surroundings& surroundings) {
  Ran result;
  result.succeeded = outcome.succeeded();
  result.output = presentable(outcome.output, *surroundings.redactor, most_kept);
  const std::string messages = presentable(outcome.messages, *surroundings.redactor, most_kept);
  const bool both = !result.output.empty() && !messages.empty();
  result.said = cat(result.output, both ? "\n" : "", messages);
  const std::string last = last_lines(messages.empty() ? result.output : messages);
  result.how = cat(ending_of(outcome, surroundings.timeout), last.empty() ? "" : ": ", last);
  return result;
}

base::Command command_for(const CommandLine& command, const Surroundings& surroundings) {
  base::Command out;
  out.arguments = command;
  // The runner looks for a program with a slash from this process's folder, people mean the one that it runs in.
  if (const std::filesystem::path program = command.front(); program.is_relative() && program.has_parent_path()) {
    out.arguments.front() = (surroundings.folder / program).native();
  }
  out.folder = surroundings.folder;
  out.timeout = surroundings.timeout;
  out.most_output = most_captured;
  out.tick = [observer = surroundings.observer] { go_on_unless_cancelled(*observer); };
  return out;
}

Ran could_not_run(const Error& error, const Surroundings& surroundings) {
  if (error.code() == "interrupted") {
    throw Error(error.info());
  }
  return {.succeeded = false,
          .how = cat("failed: ", presentable(error.what(), *surroundings.redactor, most_kept)),
          .output = {},
          .said = {}};
}

// The end of a log, from the beginning of a line on: half a line may be half a secret.
std::string end_of(const std::filesystem::path& log) {
  const base::File file(log, base::File::Mode::read);
  const std::uint64_t size = file.size();
  base::Bytes bytes(std::min<std::uint64_t>(size, most_captured));
  bytes.resize(file.read_at(size - bytes.size(), bytes));
  const std::string_view text = base::text_of(bytes);
  return std::string(size > most_captured ? text.substr(std::min(text.find('\n'), text.size())) : text);
}

void require_folder(const Surroundings& surroundings) {
  const auto& folder = surroundings.folder;
  if (folder.empty()) {
    return;
  }
  if (const auto there = base::stat_file(folder); !there || !there->is_folder) {
    base::fail({.code = "no_folder",
                .exit = Exit::failed,
                .message = cat("the folder to run in is not there: ", printable(folder.native())),
                .object = folder.native(),
                .state = {},
                .next = "set app.folder in the configuration"});
  }
}

const std::string* value_named(std::string_view name, const Values& values) {
  const std::string& mark = values.mark.empty() ? values.version : values.mark;
  const std::string* value = name == "version"     ? &values.version
                             : name == "previous"  ? &values.previous
                             : name == "mark"      ? &mark
                             : name == "kept_mark" ? &values.mark
                                                   : nullptr;
  if (value != nullptr && !value->empty()) {
    require_version(*value);
  }
  return value;
}

}  // namespace

void require_version(const std::string& version) {
  constexpr std::size_t longest = 128;
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+/:@";
  const bool right = !version.empty() && version.size() <= longest && version.front() != '-' &&
                     version.front() != '/' && version.find("..") == std::string::npos &&
                     version.find_first_not_of(allowed) == std::string::npos;
  if (!right) {
    base::fail_usage(
        "bad_version",
        cat("\"", printable(version.substr(0, longest)), "\" cannot be a version: it becomes a part of commands"),
        printable(version.substr(0, longest)),
        "use at most 128 letters, digits and . _ - + / : @, the first no - nor /, and no .. in it");
  }
}

std::optional<CommandLine> expanded(const CommandLine& command, const Values& values) {
  bool is_left_out = false;
  const auto value_of = [&](std::string_view name) {
    is_left_out = is_left_out || (name == "kept_mark" && values.mark.empty());
    return value_named(name, values);
  };
  CommandLine out;
  out.reserve(command.size());
  for (const std::string& argument : command) {
    out.push_back(base::put_in(argument, value_of));
  }
  return is_left_out ? std::nullopt : std::optional(std::move(out));
}

std::string with_values(std::string_view text, const Values& values,
                        const std::function<std::string(std::string_view)>& escape) {
  std::string escaped;
  return base::put_in(text, [&](std::string_view name) -> const std::string* {
    const std::string* value = value_named(name, values);
    if (value == nullptr || !escape) {
      return value;
    }
    escaped = escape(*value);
    return &escaped;
  });
}

std::string shown(const CommandLine& command, const Redactor& redactor) {
  std::vector<std::string> words;
  words.reserve(command.size());
  for (const std::string& word : command) {
    words.push_back(shell_word(printable(redactor(word))));
  }
  return base::join(words, " ");
}

void go_on_unless_cancelled(Observer& observer) {
  if (observer.cancelled()) {
    base::fail({.code = "interrupted",
                .exit = Exit::failed,
                .message = "interrupted",
                .object = "the application",
                .state = "the command that was running was stopped",
                .next = {}});
  }
}

std::string presentable(std::string text, const Redactor& redactor, std::size_t most) {
  std::string out = redactor(std::move(text));
  if (out.size() > most) {
    const std::size_t head = most / 2;
    out = cat(std::string_view(out).substr(0, head), "\n[", base::plural(out.size() - most, "byte"), " left out]\n",
              std::string_view(out).substr(out.size() - (most - head)));
  }
  return clean(out);
}

Surroundings surroundings_of(const AppConfig& config, const Redactor& redactor, Observer& observer) {
  return {.folder = config.folder, .timeout = config.timeout, .redactor = &redactor, .observer = &observer};
}

Ran run_command(const CommandLine& command, const Surroundings& surroundings) {
  try {
    require_folder(surroundings);
    return ran(base::run(command_for(command, surroundings)), surroundings);
  } catch (const Error& error) {
    return could_not_run(error, surroundings);
  }
}

Ran run_starting_command(const CommandLine& command, const Surroundings& surroundings) {
  try {
    require_folder(surroundings);
    const base::TemporaryFolder folder(base::temporary_folder() / "dbrollback-start-");
    base::Command what = command_for(command, surroundings);
    what.log = folder.path() / "output";
    what.tick = [&, asked = what.tick] {
      asked();
      if (const auto log = base::stat_file(what.log); log && log->size > most_logged) {
        base::fail({.code = "too_large",
                    .exit = Exit::failed,
                    .message = cat("it wrote more than ", base::human_bytes(most_logged), ", and was stopped"),
                    .object = command.front(),
                    .state = {},
                    .next = {}});
      }
    };
    base::Outcome outcome = base::run(what);
    outcome.output = end_of(what.log);
    return ran(outcome, surroundings);
  } catch (const Error& error) {
    return could_not_run(error, surroundings);
  }
}

}  // namespace dbrollback::application
