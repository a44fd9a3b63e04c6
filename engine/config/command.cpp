#include "engine/config/command.hpp"

#include <algorithm>
#include <string_view>

#include "engine/base/text.hpp"

namespace dbrollback::config {

namespace {

constexpr std::string_view command_wanted = R"(a command as a list of texts, like ["systemctl", "stop", "web"])";

}  // namespace

CommandLine read_command(const Item& item) {
  if (item.node->kind != Kind::list) {
    wrong_kind(item, command_wanted);
  }
  return texts_of(item);
}

CommandLine needed_command(const Item& item) {
  CommandLine command = read_command(item);
  if (command.empty()) {
    place_of(item).mistake(base::cat("names no program; write ", command_wanted));
  }
  return command;
}

std::vector<CommandLine> read_commands_of(const Item& item) {
  if (item.node->kind != Kind::list) {
    wrong_kind(item, base::cat(command_wanted, ", or a list of such"));
  }
  const std::vector<Node>& nodes = item.node->items;
  if (std::ranges::none_of(nodes, [](const Node& node) { return node.kind == Kind::list; })) {
    CommandLine one = read_command(item);
    return one.empty() ? std::vector<CommandLine>() : std::vector<CommandLine>{std::move(one)};
  }
  std::vector<CommandLine> commands;
  commands.reserve(nodes.size());
  for (const Node& node : nodes) {
    Item each = item;
    each.node = &node;
    commands.push_back(needed_command(each));
  }
  return commands;
}

}  // namespace dbrollback::config
