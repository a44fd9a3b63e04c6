#include "engine/config/preset.hpp"

#include <algorithm>
#include <array>

#include "engine/base/placeholders.hpp"
#include "engine/base/text.hpp"
#include "engine/config/command.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/paths.hpp"
#include "engine/config/text_file.hpp"

namespace dbrollback::config {

namespace {

// What is put in when a command is run.
constexpr std::array<std::string_view, 4> run_time_names{"version", "previous", "mark", "kept_mark"};

const std::string* value_in(const Variables& variables, std::string_view name) {
  const auto found = std::ranges::find(variables, name, &Variables::value_type::first);
  return found == variables.end() ? nullptr : &found->second;
}

std::string value_text(const Item& item) {
  if (item.node->kind == Kind::whole_number) {
    return base::cat(item.node->whole_number);
  }
  return text_of(item);
}

Variables read_variables(const Item& table) {
  Variables variables;
  for_each_key(table, [&](const Item& item) {
    if (std::ranges::find(run_time_names, item.name) != run_time_names.end()) {
      key_place_of(item).mistake(base::cat("{", item.name, "} is put in when a command is run; take another name"));
    }
    const bool needed = item.node->kind == Kind::text && item.node->text.empty();
    variables.emplace_back(item.name, needed ? std::string() : value_text(item));
  });
  return variables;
}

void read_preset_commands(const Item& table, Preset& preset) {
  for_each_key(table, {"stop", "switch", "start", "available", "version", "mark", "dirty"}, [&](const Item& item) {
    if (!read_service_command(item, preset.commands)) {
      preset.dirty = read_command(item);
    }
  });
}

Preset parse_preset(const std::string& name, const std::string& file, std::string_view text) {
  const Node tree = parse(file, text);
  Preset preset;
  preset.name = name;
  const Item top{.file = file, .key = {}, .name = {}, .key_at = {}, .node = &tree};
  for_each_key(top, {"about", "documentation", "variables", "commands"}, [&](const Item& item) {
    if (item.name == "about") {
      (void)text_of(item);
    } else if (item.name == "documentation") {
      (void)texts_of(item);
    } else if (item.name == "variables") {
      preset.variables = read_variables(item);
    } else {
      read_preset_commands(item, preset);
    }
  });
  if (!has(top, "commands")) {
    place_in(file, {}).mistake("has no commands; write stop, switch and start below [commands]");
  }
  return preset;
}

[[noreturn]] void unknown_preset(const Item& item, const std::string& name) {
  std::vector<std::string> names;
  names.reserve(embedded_presets().size());
  for (const PresetText& each : embedded_presets()) {
    names.emplace_back(each.name);
  }
  const std::string nearest = nearest_name(name, names);
  place_of(item).mistake(base::cat("there is no preset \"", base::printable(name), "\"; ",
                                   nearest.empty() ? base::cat("there are: ", base::join(names, ", "))
                                                   : base::cat("did you mean \"", nearest, "\"?"),
                                   " (a file of your own is a path that ends in .toml)"));
}

void put_into(CommandLine& command, const Variables& values) {
  for (std::string& argument : command) {
    argument = base::put_in(argument, [&](std::string_view name) { return value_in(values, name); });
  }
}

void put_into(std::vector<CommandLine>& commands, const Variables& values) {
  for (CommandLine& command : commands) {
    put_into(command, values);
  }
}

}  // namespace

Preset load_preset(const Item& item, const std::filesystem::path& folder) {
  const std::string& name = text_of(item);
  if (name.find('/') != std::string::npos || name.ends_with(".toml")) {
    const auto file = absolute_from(folder, expand_home(name));
    const std::string shown = base::printable(file.native());
    return parse_preset(name, shown, read_text(file, shown, "there is no such preset"));
  }
  const auto found = std::ranges::find(embedded_presets(), name, &PresetText::name);
  if (found == embedded_presets().end()) {
    unknown_preset(item, name);
  }
  return parse_preset(name, base::cat("presets/", name, ".toml"), found->text);
}

void read_with(const Item& table, const Preset& preset, Variables& values) {
  if (preset.variables.empty()) {
    key_place_of(table).mistake(base::cat("the preset \"", base::printable(preset.name), "\" has no variables"));
  }
  std::vector<std::string> known;
  known.reserve(preset.variables.size());
  for (const auto& variable : preset.variables) {
    known.push_back(variable.first);
  }
  for_each_key(table, known, [&](const Item& item) {
    std::erase_if(values, [&](const auto& each) { return each.first == item.name; });
    values.emplace_back(item.name, value_text(item));
  });
}

Preset with_values(Preset preset, const Variables& values, const Place& place) {
  Variables all = preset.variables;
  std::vector<std::string> missing;
  for (auto& [name, value] : all) {
    if (const std::string* given = value_in(values, name)) {
      value = *given;
    }
    if (value.empty()) {
      missing.push_back(name);
    }
  }
  if (!missing.empty()) {
    place.mistake(base::cat("the preset \"", base::printable(preset.name), "\" needs ", base::join(missing, ", "),
                            "; write with = { ", missing.front(), " = \"…\" }"));
  }
  put_into(preset.commands.stop, all);
  put_into(preset.commands.switch_to, all);
  put_into(preset.commands.start, all);
  put_into(preset.commands.available, all);
  put_into(preset.commands.version, all);
  put_into(preset.commands.mark, all);
  put_into(preset.dirty, all);
  return preset;
}

bool read_service_command(const Item& item, ServiceConfig& service) {
  if (item.name == "stop") {
    service.stop = read_commands_of(item);
  } else if (item.name == "switch") {
    service.switch_to = read_commands_of(item);
  } else if (item.name == "start") {
    service.start = read_commands_of(item);
  } else if (item.name == "available") {
    service.available = read_command(item);
  } else if (item.name == "version") {
    service.version = read_command(item);
  } else if (item.name == "mark") {
    service.mark = read_command(item);
  } else {
    return false;
  }
  return true;
}

}  // namespace dbrollback::config
