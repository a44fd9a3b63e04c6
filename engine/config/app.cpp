#include "engine/config/app.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/text.hpp"
#include "engine/config/command.hpp"
#include "engine/config/environment.hpp"
#include "engine/config/health.hpp"
#include "engine/config/paths.hpp"
#include "engine/config/preset.hpp"
#include "engine/config/web_url.hpp"

namespace dbrollback::config {

namespace {

namespace fs = std::filesystem;

const char* const one_service = "application";
constexpr std::array<const char*, 6> service_commands{"stop", "switch", "start", "available", "version", "mark"};

struct App {
  AppConfig config;
  ServiceConfig own;  // commands that stand in [app] itself
  std::optional<Preset> preset;
  Variables values;  // of [app]'s `with`
};

EvidenceSource read_source(const Item& item) {
  EvidenceSource source;
  if (item.node->kind == Kind::list) {
    source.command = needed_command(item);
  } else if (item.node->kind == Kind::text) {
    WebUrl url = web_url_of(item);
    source.url = std::move(url.text);
    source.url_problem = std::move(url.problem);
  } else {
    wrong_kind(item, "a command as a list of texts, or a URL");
  }
  return source;
}

std::vector<EvidenceSource> read_evidence(const Item& list) {
  if (list.node->kind != Kind::list) {
    wrong_kind(list, "a list of commands and URLs");
  }
  std::vector<EvidenceSource> sources;
  sources.reserve(list.node->items.size());
  for (const Node& node : list.node->items) {
    Item item = list;
    item.node = &node;
    sources.push_back(read_source(item));
  }
  return sources;
}

std::vector<fs::path> read_files(const Item& item, const fs::path& folder) {
  std::vector<fs::path> files;
  for (const std::string& text : texts_of(item)) {
    if (text.find('\0') != std::string::npos) {
      place_of(item).mistake("a path cannot hold a zero byte");
    }
    files.push_back(absolute_from(folder, expand_home(text)));
  }
  return files;
}

void read_app_key(const Item& item, const fs::path& folder, App& app) {
  if (item.name == "folder") {
    app.config.folder = check_folder(place_of(item), text_of(item), folder);
  } else if (item.name == "dirty") {
    app.config.dirty = read_command(item);
  } else if (item.name == "config_files") {
    app.config.config_files = read_files(item, folder);
  } else if (item.name == "clear_caches") {
    app.config.clear_caches = read_commands_of(item);
  } else if (item.name == "evidence") {
    app.config.evidence = read_evidence(item);
  } else if (item.name == "timeout") {
    app.config.timeout = limit_of(item);
  } else if (item.name == "rto") {
    app.config.rto = limit_of(item);
  } else if (item.name == "preset") {
    app.preset = load_preset(item, folder);
    app.config.preset = app.preset->name;
  } else {
    (void)read_service_command(item, app.own);  // with and service come later: they need the preset
  }
}

// What `section` says stands over `below`.
ServiceConfig overlaid(const Item& section, const ServiceConfig& said, ServiceConfig below) {
  below.stop = has(section, "stop") ? said.stop : below.stop;
  below.switch_to = has(section, "switch") ? said.switch_to : below.switch_to;
  below.start = has(section, "start") ? said.start : below.start;
  below.available = has(section, "available") ? said.available : below.available;
  below.version = has(section, "version") ? said.version : below.version;
  below.mark = has(section, "mark") ? said.mark : below.mark;
  below.name = said.name;
  below.health = said.health;
  return below;
}

// The commands below a service's own: the preset's. The first one with `dirty` is the application's.
ServiceConfig from_preset(App& app, const Variables& values, const Place& place, const Item& table) {
  if (!app.preset) {
    return {};
  }
  Preset preset = with_values(*app.preset, values, place);
  if (!has(table, "dirty") && app.config.dirty.empty()) {
    app.config.dirty = std::move(preset.dirty);
  }
  return std::move(preset.commands);
}

void add_the_only_service(const Item& table, App& app) {
  const bool said = std::ranges::any_of(service_commands, [&](const char* name) { return has(table, name); });
  if (!said && !app.preset) {
    return;
  }
  const auto preset_item = find_key(table, "preset");
  app.own.name = one_service;
  app.config.services.push_back(
      overlaid(table, app.own, from_preset(app, app.values, place_of(preset_item ? *preset_item : table), table)));
}

void read_service_key(const Item& item, App& app, ServiceConfig& service, Variables& values) {
  if (item.name == "name") {
    service.name = text_of(item);
  } else if (item.name == "health") {
    service.health = read_probes(item);
  } else if (item.name != "with") {
    (void)read_service_command(item, service);
  } else if (app.preset) {
    read_with(item, *app.preset, values);
  } else {
    key_place_of(item).mistake("is for the variables of a preset, and [app] names none");
  }
}

void add_service(const Item& section, const Item& table, App& app) {
  ServiceConfig service;
  Variables values = app.values;
  for_each_key(section, {"name", "with", "stop", "switch", "start", "available", "version", "mark", "health"},
               [&](const Item& item) { read_service_key(item, app, service, values); });
  if (service.name.empty()) {
    place_of(section).mistake("has no name; every service needs one");
  }
  if (std::ranges::find(app.config.services, service.name, &ServiceConfig::name) != app.config.services.end()) {
    place_of(section).mistake(
        base::cat("another service is called \"", base::printable(service.name), "\"; give each its own name"));
  }
  ServiceConfig below = from_preset(app, values, place_of(section), table);
  below.available = has(table, "available") ? app.own.available : below.available;
  below.version = has(table, "version") ? app.own.version : below.version;
  below.mark = has(table, "mark") ? app.own.mark : below.mark;
  app.config.services.push_back(overlaid(section, service, std::move(below)));
}

void add_services(const Item& list, const Item& table, App& app) {
  for (const char* name : {"stop", "switch", "start"}) {
    if (const auto item = find_key(table, name)) {
      key_place_of(*item).mistake("belongs to a service where there are any; write it below [[app.service]]");
    }
  }
  for (const Item& section : tables_of(list)) {
    add_service(section, table, app);
  }
}

}  // namespace

AppConfig read_app(const Item& table, const fs::path& folder) {
  App app;
  app.config.folder = folder;
  for_each_key(table,
               {"preset", "with", "folder", "stop", "switch", "start", "available", "version", "mark", "dirty",
                "config_files", "clear_caches", "evidence", "timeout", "rto", "service"},
               [&](const Item& item) { read_app_key(item, folder, app); });
  if (const auto with = find_key(table, "with")) {
    if (!app.preset) {
      key_place_of(*with).mistake("is for the variables of a preset, and there is none; write preset = \"systemd\"");
    }
    read_with(*with, *app.preset, app.values);
  }
  if (const auto services = find_key(table, "service")) {
    add_services(*services, table, app);
  } else {
    add_the_only_service(table, app);
  }
  return std::move(app.config);
}

}  // namespace dbrollback::config
