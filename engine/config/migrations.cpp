#include "engine/config/migrations.hpp"

#include <algorithm>

namespace dbrollback::config {

namespace {

std::vector<std::string> command_of(const Item& item) {
  std::vector<std::string> command = texts_of(item);
  if (command.empty()) {
    place_of(item).mistake("must name a program: [\"alembic\", \"upgrade\", \"{version}\"]");
  }
  return command;
}

MigrateCommands read_commands(const Item& table) {
  MigrateCommands out;
  for_each_key(table, {"command", "down_command", "latest", "version"}, [&](const Item& item) {
    if (item.name == "command") {
      out.up = command_of(item);
    } else if (item.name == "down_command") {
      out.down = command_of(item);
    } else if (item.name == "latest") {
      out.latest = text_of(item);
    } else {
      out.version = text_of(item);
    }
  });
  if (!has(table, "command")) {
    place_of(table).mistake("has no command; write migrate = { command = [\"alembic\", \"upgrade\", \"{version}\"] }");
  }
  return out;
}

}  // namespace

bool is_migrations_key(std::string_view name) {
  return std::ranges::find(migrations_keys, name) != migrations_keys.end();
}

void read_migrations_key(const Item& item, const std::filesystem::path& folder, DatabaseConfig& database) {
  if (item.name == "migrations") {
    database.migrations = check_folder(place_of(item), text_of(item), folder);
  } else if (item.name == "migrations_format") {
    database.migrations_format = text_of(item);
  } else if (item.name == "migrations_table") {
    database.migrations_table = text_of(item);
  } else {
    database.migrate = read_commands(item);
  }
}

void refuse_two_ways(const Item& section) {
  if (!has(section, "migrations") || !has(section, "migrate")) {
    return;
  }
  for_each_key(section, [](const Item& item) {
    if (item.name == "migrate") {
      key_place_of(item).mistake(
          "runs another tool, and migrations is a folder of scripts that dbrollback runs itself; take one of them out");
    }
  });
}

}  // namespace dbrollback::config
