#include "engine/config/environment.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <vector>

#include "engine/base/text.hpp"

namespace dbrollback::config {

namespace {

constexpr std::string_view reference = "env:";

bool is_variable_name(std::string_view name) {
  const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::ranges::all_of(name, allowed);
}

// The account's own entry: services often run without HOME.
std::string home_of_account() {
  constexpr std::size_t room = 16384;
  std::vector<char> buffer(room);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
    return {};
  }
  return found->pw_dir == nullptr ? std::string() : std::string(found->pw_dir);
}

}  // namespace

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') {
    return std::nullopt;
  }
  return std::string(value);
}

Resolved resolve(std::string_view text) {
  if (!text.starts_with(reference)) {
    return {.value = std::string(text), .problem = {}, .from_environment = false};
  }
  const std::string name(text.substr(reference.size()));
  if (!is_variable_name(name)) {
    // What stands there instead may well be the secret itself.
    return {.value = {},
            .problem = "what follows env: is not the name of an environment variable; write env:NAME",
            .from_environment = true};
  }
  auto value = environment(name);
  if (!value) {
    return {.value = {},
            .problem = base::cat("the environment variable ", name, " is not set, or empty; set it"),
            .from_environment = true,
            .unset = true};
  }
  return {.value = std::move(*value), .problem = {}, .from_environment = true};
}

std::string home_folder() {
  const auto home = environment("HOME");
  const std::string folder = home ? *home : home_of_account();
  return folder.starts_with('/') ? folder : std::string();
}

std::string expand_home(std::string path) {
  if (path == "~" || path.starts_with("~/")) {
    const std::string home = home_folder();
    if (!home.empty()) {
      path.replace(0, 1, home);
    }
  }
  return path;
}

}  // namespace dbrollback::config
