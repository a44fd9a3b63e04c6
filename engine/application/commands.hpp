// Commands of the configuration: what is put into them, how they are shown, and running them.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"
#include "engine/application/application.hpp"
#include "engine/application/redact.hpp"

namespace dbrollback::application {

// With the values put in. Nothing: it has {kept_mark}, and none is kept, so that it is left out.
[[nodiscard]] std::optional<CommandLine> expanded(const CommandLine& command, const Values& values);

// The same for a text that is no command. `escape` (may be empty) is what each value goes through.
[[nodiscard]] std::string with_values(std::string_view text, const Values& values,
                                      const std::function<std::string(std::string_view)>& escape = {});

// As one would type it into a shell.
[[nodiscard]] std::string shown(const CommandLine& command, const Redactor& redactor);

// Throws Error "interrupted" when the observer wants that.
void go_on_unless_cancelled(Observer& observer);

// `text` without its secrets, fit to be shown and kept: of at most `most` bytes, the middle left out where there are
// more, and valid UTF-8 without control characters. What is cut off before secrets are taken out may leave half of one.
[[nodiscard]] std::string presentable(std::string text, const Redactor& redactor, std::size_t most);

struct Ran {
  bool succeeded = false;
  std::string how;     // how it ended, and its last lines: "ended with status 1: no such unit"
  std::string output;  // what may be shown of what it printed
  std::string said;    // of that and of its messages
};

struct Surroundings {
  std::filesystem::path folder;
  std::chrono::milliseconds timeout{};
  const Redactor* redactor = nullptr;
  Observer* observer = nullptr;
};

// Of all commands of the application. What is given must outlive it.
[[nodiscard]] Surroundings surroundings_of(const AppConfig& config, const Redactor& redactor, Observer& observer);

// Never throws for what the command does, only what `cancelled` asks for; a missing program is a command that failed.
[[nodiscard]] Ran run_command(const CommandLine& command, const Surroundings& surroundings);
// The same for one that may leave processes behind. Its output goes into a file, since who writes into a pipe that
// nobody reads any more is killed for it.
[[nodiscard]] Ran run_starting_command(const CommandLine& command, const Surroundings& surroundings);

}  // namespace dbrollback::application
