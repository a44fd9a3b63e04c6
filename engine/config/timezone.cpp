#include <array>
#include <filesystem>
#include <fstream>

#include "engine/base/text.hpp"
#include "engine/config/rules.hpp"

namespace dbrollback::config {

namespace {

namespace fs = std::filesystem;

const char* const zone_folder = "/usr/share/zoneinfo";

// That folder also holds tables about zones, which are no zones.
bool is_zone_file(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) {
    return false;
  }
  std::array<char, 4> magic{};
  std::ifstream(file, std::ios::binary).read(magic.data(), magic.size());
  return std::string_view(magic.data(), magic.size()) == "TZif";
}

bool stays_inside(const std::string& name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string::npos &&
         name.find('\0') == std::string::npos;
}

}  // namespace

std::string check_timezone(const Place& place, const std::string& name) {
  if (name == "UTC" || (stays_inside(name) && is_zone_file(fs::path(zone_folder) / name))) {
    return name;
  }
  const std::string unknown = base::cat("there is no time zone \"", base::printable(name), "\"");
  std::error_code ignored;
  if (!fs::is_directory(zone_folder, ignored)) {
    place.mistake(base::cat(unknown, " on this machine, which has no ", zone_folder, "; install tzdata, or write UTC"));
  }
  place.mistake(base::cat(unknown, "; write UTC, or a name from ", zone_folder, " like Europe/Berlin"));
}

}  // namespace dbrollback::config
