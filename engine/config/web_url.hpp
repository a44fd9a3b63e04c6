// URLs that are asked or told over HTTP.
#pragma once

#include <string>

#include "engine/config/item.hpp"

namespace dbrollback::config {

struct WebUrl {
  std::string text;     // as secret as a database's
  std::string problem;  // instead: the environment variable that is not set
  std::string shown;    // for people
};

// http://, https:// or env:NAME. Mistake: another one, and a user or a password that stands in the file.
[[nodiscard]] WebUrl web_url_of(const Item& item);

}  // namespace dbrollback::config
