#include <array>
#include <filesystem>

#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/config/rules.hpp"

namespace dbrollback::config {

namespace {

namespace fs = std::filesystem;

const char* const zone_folder = "/usr/share/zoneinfo";

// That folder also holds tables about zones, which are no zones.
bool is_zone_file(const fs::path& file) {
  const auto there = base::glance_at(file);
  std::array<std::byte, 4> magic{};
  return there && there->is_regular &&
         base::File(base::real_path(file), base::File::Mode::read).read_at(0, magic) == magic.size() &&
         base::text_of(magic) == "TZif";
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
  if (const auto folder = base::glance_at(zone_folder); !folder || !folder->is_folder) {
    place.mistake(base::cat(unknown, " on this machine, which has no ", zone_folder, "; install tzdata, or write UTC"));
  }
  place.mistake(base::cat(unknown, "; write UTC, or a name from ", zone_folder, " like Europe/Berlin"));
}

}  // namespace dbrollback::config
