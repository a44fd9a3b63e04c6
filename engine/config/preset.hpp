// Presets: files of commands that stop, switch and start an application of some kind.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbrollback/config.hpp"
#include "engine/config/item.hpp"

namespace dbrollback::config {

// A preset that comes with the program: a file of presets/.
struct PresetText {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] const std::vector<PresetText>& embedded_presets();

using Variables = std::vector<std::pair<std::string, std::string>>;

struct Preset {
  std::string name;
  Variables variables;     // with their defaults; an empty one must be given
  ServiceConfig commands;  // {unit} and the like still stand in them
  CommandLine dirty;
};

// One that comes with the program, or a file of the user's own: a `preset` with a slash or that ends in .toml.
[[nodiscard]] Preset load_preset(const Item& item, const std::filesystem::path& folder);

// The table `with`, put over what `values` holds. Mistake: a variable that the preset does not have.
void read_with(const Item& table, const Preset& preset, Variables& values);

// The preset with its variables put in. Mistake, at `place`: a variable that nobody gave.
[[nodiscard]] Preset with_values(Preset preset, const Variables& values, const Place& place);

// Reads stop, switch, start, available, version and mark; false: it is none of these.
bool read_service_command(const Item& item, ServiceConfig& service);

}  // namespace dbrollback::config
