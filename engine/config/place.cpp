#include "engine/config/place.hpp"

#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/config/url.hpp"

namespace dbrollback::config {

void Place::mistake(std::string_view what) const { base::fail_usage("config", sentence(what), key); }

std::string Place::sentence(std::string_view what) const {
  // Many messages repeat what stands there, and somebody may have written a URL in the wrong line.
  if (holds_password(what)) {
    what =
        "this holds a password, which must not stand here; write url = \"env:NAME\" and set that environment variable";
  }
  return key.empty() ? base::cat(where, what) : base::cat(where, key, ": ", what);
}

Place place_in(std::string_view file, Position at, std::string key) {
  return {.where = base::cat(file, ":", at.line, ":", at.column, ": "), .key = std::move(key)};
}

Place variable(std::string name) { return {.where = {}, .key = std::move(name)}; }

}  // namespace dbrollback::config
