// The help text of a command.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/error.hpp"
#include "tools/cli/options.hpp"

namespace dbrollback::cli {

struct Example {
  std::string command;  // without "dbrollback "
  std::string what;     // empty: the command says it all
};

struct ExitStatus {
  Exit status;
  std::string when;
};

struct Help {
  std::vector<std::string> usage;  // without "dbrollback "
  std::string about;               // one paragraph
  std::vector<Example> examples;
  std::vector<ExitStatus> exits;  // only those that the command can give
};

// `width` is that of the screen.
[[nodiscard]] std::string help_text(const std::string& name, const std::string& summary, const Help& help,
                                    const Options& options, const Options& global, std::size_t width);

// Two columns: terms, and their explanations wrapped beside them.
struct Term {
  std::string term;
  std::string meaning;
};
[[nodiscard]] std::string term_list(const std::vector<Term>& terms, std::size_t width);

// Of options: "--into PATH".
[[nodiscard]] std::vector<Term> option_terms(const Options& options);

// The width to break help texts at on a screen of `width` columns: long lines are hard to read.
[[nodiscard]] std::size_t reading_width(std::size_t width);

}  // namespace dbrollback::cli
