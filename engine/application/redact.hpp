// Takes secrets out of what commands and URLs say, before it is kept or shown.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dbrollback/config.hpp"

namespace dbrollback::application {

class Redactor {
 public:
  Redactor() = default;
  // The values (of at least 6 characters) of KEY=VALUE, KEY: VALUE and "KEY": "VALUE" lines of the configuration files
  // that are there and can be read, and the passwords and queries of all URLs of the configuration; of a
  // database's query the parameters that are secret.
  explicit Redactor(const Config& config);

  // Also the values of a file that is not where it was: of one that is kept with a release.
  void learn(std::string_view file_text);

  // Each secret as "***".
  [[nodiscard]] std::string operator()(std::string text) const;

 private:
  std::vector<std::string> secrets_;  // the longest first
};

}  // namespace dbrollback::application
