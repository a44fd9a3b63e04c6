// What may be typed after a command: declared once, for the parser and for the help text.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dbrollback::cli {

struct Option {
  std::string name;         // without dashes
  std::string placeholder;  // "FILE"; empty: takes no value
  std::string help;
  std::function<void(const std::string&)> set;
};

// A word without dashes.
struct Operand {
  std::string placeholder;  // "ID"
  std::function<void(const std::string&)> set;
};

// The targets must outlive the object.
class Options {
 public:
  void flag(std::string name, bool& target, std::string help);
  void text(std::string name, std::string placeholder, std::string& target, std::string help);
  // Whole numbers from `least` to `most`; anything else is a usage error that says so.
  void number(std::string name, std::optional<unsigned>& target, unsigned least, unsigned most, std::string help);
  void duration(std::string name, std::optional<std::chrono::milliseconds>& target, std::string help);
  // A size of at least `least` bytes: "50MB", "1GiB".
  void size(std::string name, std::optional<std::uint64_t>& target, std::uint64_t least, std::string help);
  // May be repeated; each value may be a list "a,b".
  void list(std::string name, std::string placeholder, std::vector<std::string>& target, std::string help);
  // In the order of their declaration; each may be left out, which the command sees as an empty text.
  void operand(std::string placeholder, std::string& target);

  // All words after `--`, as they are.
  void rest(std::vector<std::string>& target) { rest_ = &target; }

  // `also`: options of all commands, given beside this command's own. Sets the targets in the order of `all` words;
  // throws Error (Exit::usage) for the first mistake, pointing at `help_command`.
  void parse(const std::vector<std::string>& all, const Options& also, const std::string& help_command) const;

  [[nodiscard]] const std::vector<Option>& options() const { return options_; }

 private:
  std::vector<Option> options_;
  std::vector<Operand> operands_;
  std::vector<std::string>* rest_ = nullptr;
};

}  // namespace dbrollback::cli
