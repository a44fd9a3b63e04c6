#include "tools/cli/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <utility>

#include "dbrollback/config.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/suggest.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

namespace po = boost::program_options;

// Options of this command and of all commands.
using Known = std::vector<const Option*>;

const Option* find(const Known& known, const std::string& name) {
  const auto found = std::find_if(known.begin(), known.end(), [&](const Option* o) { return o->name == name; });
  return found == known.end() ? nullptr : *found;
}

[[noreturn]] void fail_unknown(const std::string& given, const Known& known, const std::string& help_command) {
  std::vector<std::string> names;
  for (const Option* option : known) names.push_back("--" + option->name);
  const std::string meant = nearest(given, names);
  fail_usage("unknown_option",
             "unknown option " + given + (meant.empty() ? std::string() : "; did you mean " + meant + "?"), given,
             help_command);
}

[[noreturn]] void fail_missing(const Option& option, const std::string& help_command) {
  const std::string given = "--" + option.name;
  fail_usage("missing_value", given + " needs a value: " + given + " " + option.placeholder, given, help_command);
}

// Boost's message, in the words of this program.
[[noreturn]] void fail_syntax(const po::invalid_syntax& mistake, const Known& known, const std::string& help_command) {
  std::string name = mistake.get_option_name();
  name.erase(0, name.find_first_not_of('-'));
  const Option* option = find(known, name);
  const std::string given = "--" + name;
  if (option == nullptr) fail_unknown(given, known, help_command);
  if (option->placeholder.empty()) fail_usage("bad_value", given + " takes no value", given, help_command);
  fail_missing(*option, help_command);
}

std::vector<po::option> tokens(const std::vector<std::string>& words, const Known& known,
                               const std::string& help_command) {
  po::options_description description;
  for (const Option* option : known) {
    const std::string name = option->name == "help" ? "help,h" : option->name;
    if (option->placeholder.empty()) {
      description.add_options()(name.c_str(), "");
    } else {
      description.add_options()(name.c_str(), po::value<std::string>(), "");
    }
  }
  // Guessing what an abbreviation means would make every new option a danger to old scripts.
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  try {
    return po::command_line_parser(words).options(description).style(style).run().options;
  } catch (const po::unknown_option& unknown) {
    fail_unknown(unknown.get_option_name(), known, help_command);
  } catch (const po::invalid_syntax& mistake) {
    fail_syntax(mistake, known, help_command);
  }
}

}  // namespace

void Options::flag(std::string name, bool& target, std::string help) {
  options_.push_back({std::move(name), "", std::move(help), [&target](const std::string&) { target = true; }});
}

void Options::text(std::string name, std::string placeholder, std::string& target, std::string help) {
  options_.push_back({std::move(name), std::move(placeholder), std::move(help),
                      [&target](const std::string& value) { target = value; }});
}

void Options::number(std::string name, std::optional<unsigned>& target, unsigned least, unsigned most,
                     std::string help) {
  const auto set = [&target, name, least, most](const std::string& value) {
    unsigned number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    if (error != std::errc{} || stop != end || number < least || number > most) {
      const std::string range = most == unsigned(-1)
                                    ? "a whole number"
                                    : "a number from " + std::to_string(least) + " to " + std::to_string(most);
      fail_usage("bad_value", "--" + name + " takes " + range + ", not '" + value + "'", "--" + name, "");
    }
    target = number;
  };
  options_.push_back({std::move(name), "N", std::move(help), set});
}

void Options::duration(std::string name, std::optional<std::chrono::milliseconds>& target, std::string help) {
  const auto set = [&target, name](const std::string& value) {
    try {
      target = parse_duration(value);
    } catch (const Error&) {
      fail_usage("bad_value", "--" + name + " takes a duration, not '" + value + "'", "--" + name,
                 "a number and its unit: 250ms, 5s, 2m, 36h or 7d");
    }
  };
  options_.push_back({std::move(name), "TIME", std::move(help), set});
}

void Options::size(std::string name, std::optional<std::uint64_t>& target, std::uint64_t least, std::string help) {
  const auto set = [&target, name, least](const std::string& value) {
    const auto refuse = [&](const std::string& what) {
      fail_usage("bad_value", "--" + name + " takes a size" + what + ", not '" + value + "'", "--" + name,
                 "a number and its unit: 512kB, 50MB, 2GB, 64MiB or 1GiB");
    };
    try {
      target = parse_size(value);
    } catch (const Error&) {
      refuse("");
    }
    if (*target < least) refuse(" of at least " + std::to_string(least) + " bytes");
  };
  options_.push_back({std::move(name), "SIZE", std::move(help), set});
}

void Options::list(std::string name, std::string placeholder, std::vector<std::string>& target, std::string help) {
  options_.push_back({std::move(name), std::move(placeholder), std::move(help), [&target](const std::string& value) {
                        for (std::string& part : split_list(value)) target.push_back(std::move(part));
                      }});
}

void Options::operand(std::string placeholder, std::string& target) {
  operands_.push_back({std::move(placeholder), [&target](const std::string& value) { target = value; }});
}

void Options::parse(const std::vector<std::string>& all, const Options& also, const std::string& help_command) const {
  const auto end = rest_ == nullptr ? all.end() : std::find(all.begin(), all.end(), "--");
  const std::vector<std::string> words(all.begin(), end);
  if (end != all.end()) rest_->assign(end + 1, all.end());
  Known known;
  for (const Option& option : options_) known.push_back(&option);
  for (const Option& option : also.options_) known.push_back(&option);

  std::size_t operands = 0;
  for (const po::option& token : tokens(words, known, help_command)) {
    const std::string value = token.value.empty() ? std::string() : token.value.front();
    // `--tables "$TABLES"` with TABLES unset must not mean everything.
    if (const Option* option = find(known, token.string_key);
        option != nullptr && !option->placeholder.empty() && value.empty()) {
      fail_missing(*option, help_command);
    }
    // Boost takes "--level --json" for a level of "--json".
    const bool swallowed = token.original_tokens.size() == 2 && value.starts_with("--") && find(known, value.substr(2));
    if (swallowed) fail_missing(*find(known, token.string_key), help_command);
    if (!token.string_key.empty()) {
      find(known, token.string_key)->set(value);
    } else if (operands < operands_.size()) {
      operands_[operands++].set(value);
    } else {
      fail_usage("unexpected_argument", "'" + value + "' is one argument too many", value, help_command);
    }
  }
}

}  // namespace dbrollback::cli
