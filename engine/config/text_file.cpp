#include "engine/config/text_file.hpp"

#include <cstdint>
#include <optional>

#include "dbrollback/error.hpp"
#include "engine/base/file.hpp"
#include "engine/config/place.hpp"

namespace dbrollback::config {

std::string read_text(const std::filesystem::path& file, const std::string& name, std::string_view where_missing) {
  constexpr std::uint64_t limit = 1 << 20;
  const Place place = place_in(name, {});
  std::optional<std::string> text;
  try {
    const auto stat = base::stat_file(file);
    if (stat && !stat->is_regular) {
      place.mistake(stat->is_folder ? "this is a folder; give the file in it" : "this is not a regular file");
    }
    text = base::read_file(file, limit);
  } catch (const Error& error) {
    if (error.exit() == Exit::usage) {
      throw;
    }
    place.mistake(error.what());
  }
  if (!text) {
    place.mistake(where_missing);
  }
  return *text;
}

}  // namespace dbrollback::config
