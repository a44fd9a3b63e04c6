// Questions to the person at the terminal.
#pragma once

#include <cstddef>
#include <string>

#include "tools/cli/console.hpp"

namespace dbrollback::cli {

// Who answers: whoever types on standard input or, where that carries data, on the terminal behind it.
enum class AnswersFrom { standard_input, terminal };

// Whether a question would reach somebody: a terminal to read from, and stderr to show it on.
[[nodiscard]] bool can_ask(const Console& console, AnswersFrom from);

// One line, without spaces around it; empty at the end of the input. An interrupt throws Error "interrupted".
[[nodiscard]] std::string ask(Console& console, const std::string& question, AnswersFrom from);

// Returns when `wanted` was typed, else throws Error (Exit::refused) "not_confirmed". `doing` is what it is about:
// "restoring app".
void confirm(Console& console, const std::string& question, const std::string& wanted, const std::string& doing,
             AnswersFrom from = AnswersFrom::standard_input);

// A number from 1 to `count`. Throws Error (Exit::refused) when nothing is chosen.
[[nodiscard]] std::size_t choose(Console& console, const std::string& question, std::size_t count);

}  // namespace dbrollback::cli
