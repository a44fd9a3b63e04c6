// One value of a configuration file with its name and its place: how a file is read, key by key.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/node.hpp"
#include "engine/config/place.hpp"
#include "engine/config/rules.hpp"

namespace dbrollback::config {

// Borrows the file's name and its tree.
struct Item {
  std::string_view file;
  std::string key;   // "database.app.level"
  std::string name;  // "level"
  Position key_at;
  const Node* node = nullptr;
};

[[nodiscard]] Place place_of(const Item& item);      // the value's
[[nodiscard]] Place key_place_of(const Item& item);  // the name's

// `wanted` with what stands there instead: "must be a table, not a whole number".
[[noreturn]] void wrong_kind(const Item& item, std::string_view wanted);

// Each key of a table, in the order of the file.
void for_each_key(const Item& table, const std::function<void(const Item&)>& visit);
// The same; a key that is not in `known` is a mistake.
void for_each_key(const Item& table, const std::vector<std::string>& known,
                  const std::function<void(const Item&)>& visit);

// Is there such a key?
[[nodiscard]] bool has(const Item& table, std::string_view name);
[[nodiscard]] std::optional<Item> find_key(const Item& table, std::string_view name);

// The tables of a list of tables, written [[KEY]].
[[nodiscard]] std::vector<Item> tables_of(const Item& list);

// Values; everything of another kind is a mistake.
[[nodiscard]] const std::string& text_of(const Item& item);         // neither empty nor blank
[[nodiscard]] std::vector<std::string> texts_of(const Item& item);  // a list of such
[[nodiscard]] std::int64_t whole_number_of(const Item& item, Range range);
[[nodiscard]] std::chrono::milliseconds wait_of(const Item& item);
[[nodiscard]] std::chrono::milliseconds limit_of(const Item& item);  // the same, but not 0
[[nodiscard]] std::uint64_t rate_of(const Item& item);

}  // namespace dbrollback::config
