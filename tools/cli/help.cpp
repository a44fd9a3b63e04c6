#include "tools/cli/help.hpp"

#include <algorithm>

#include "tools/cli/terminal.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

constexpr std::size_t indent = 2;

std::string paragraph(const std::string& text, std::size_t width, std::size_t margin) {
  std::string out;
  for (const std::string& line : wrap(text, width - margin)) out += std::string(margin, ' ') + line + "\n";
  return out;
}

std::string examples_text(const std::vector<Example>& examples, std::size_t width) {
  std::string out;
  for (const Example& example : examples) {
    out += std::string(indent, ' ') + "dbrollback " + example.command + "\n";
    if (!example.what.empty()) out += paragraph(example.what, width, 3 * indent);
  }
  return out;
}

}  // namespace

std::size_t reading_width(std::size_t width) {
  return width == unlimited_width ? 80 : std::clamp<std::size_t>(width, 40, 100);
}

std::string term_list(const std::vector<Term>& terms, std::size_t width) {
  constexpr std::size_t longest_column = 26;
  std::size_t column = 0;
  for (const Term& term : terms) column = std::max(column, std::min(display_width(term.term), longest_column));
  const std::size_t margin = indent + column + 2;

  std::string out;
  for (const Term& term : terms) {
    const std::vector<std::string> lines = wrap(term.meaning, width - margin);
    std::string head = std::string(indent, ' ') + pad_right(term.term, column) + "  ";
    if (display_width(term.term) > column) {
      out += std::string(indent, ' ') + term.term + "\n";
      head = std::string(margin, ' ');
    }
    for (const std::string& line : lines) {
      out += head + line + "\n";
      head = std::string(margin, ' ');
    }
  }
  return out;
}

std::vector<Term> option_terms(const Options& options) {
  std::vector<Term> terms;
  for (const Option& option : options.options()) {
    const std::string value = option.placeholder.empty() ? std::string() : " " + option.placeholder;
    terms.push_back({"--" + option.name + value, option.help});
  }
  return terms;
}

std::string help_text(const std::string& name, const std::string& summary, const Help& help, const Options& options,
                      const Options& global, std::size_t width) {
  std::string out = "dbrollback " + name + ": " + summary + "\n\n";
  for (const std::string& line : help.usage) out += std::string(indent, ' ') + "dbrollback " + line + "\n";
  out += "\n" + paragraph(help.about, width, 0);
  out += "\nExamples:\n" + examples_text(help.examples, width);
  if (!options.options().empty()) out += "\nOptions:\n" + term_list(option_terms(options), width);

  std::vector<std::string> names;
  for (const Term& term : option_terms(global)) names.push_back(term.term);
  out += "\nOptions of all commands (`dbrollback --help` explains them):\n";
  out += paragraph(join(names, ", "), width, indent);

  std::vector<Term> exits;
  for (const ExitStatus& exit : help.exits) {
    exits.push_back({std::to_string(static_cast<int>(exit.status)), exit.when});
  }
  return out + "\nExit statuses:\n" + term_list(exits, width);
}

}  // namespace dbrollback::cli
