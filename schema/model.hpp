// What a database's schema is, as a value. Nothing here reads or writes anything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dbrollback::schema {

struct Column {
  std::string name;
  std::string type;  // as declared
  bool not_null = false;
  std::string default_value;  // SQL text; empty: none
  bool generated = false;

  friend bool operator==(const Column&, const Column&) = default;
};

struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;  // columns of the primary key, in its order
};

// Anything with a definition: kind is "table", "index", "view" or "trigger".
struct Object {
  std::string kind;
  std::string name;
  std::string table;  // the table that it belongs to
  std::string sql;    // as written by whoever created it

  friend bool operator==(const Object&, const Object&) = default;
};

struct Schema {
  std::vector<Object> objects;  // sorted by kind and name
  std::vector<Table> tables;    // those with rows of their own, sorted by name
};

[[nodiscard]] const Table* find_table(const Schema& schema, const std::string& name);

// A text that is the same for two schemas exactly when their objects are: what a fingerprint is made of. White space
// outside quotes and comments counts as one blank, so that a reformatted definition is the same definition.
[[nodiscard]] std::string canonical_text(const Schema& schema);

// The objects that a canonical text is of, their definitions as it has them; nothing where it is none.
[[nodiscard]] std::optional<std::vector<Object>> objects_of(std::string_view canonical_text);

}  // namespace dbrollback::schema
