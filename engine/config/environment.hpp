// What the process's environment says. Reads it at every call: nothing is remembered.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dbrollback::config {

// A variable's value. One that is set to nothing counts as not set, as scripts leave them.
[[nodiscard]] std::optional<std::string> environment(const std::string& name);

// A value, or the variable that "env:NAME" names.
struct Resolved {
  std::string value;
  std::string problem;  // instead of a value: what is wrong with the reference. Holds no secret
  bool from_environment = false;
  bool unset = false;  // the reference is right, but its variable is not set
};
[[nodiscard]] Resolved resolve(std::string_view text);

// The home of this account; empty when it has none.
[[nodiscard]] std::string home_folder();

// A leading "~/" becomes the home folder, where there is one.
[[nodiscard]] std::string expand_home(std::string path);

}  // namespace dbrollback::config
