// A configuration file as a tree of values that remember where they stand: what is left of TOML once it is parsed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dbrollback::config {

// Lines and columns as editors count them, from 1; columns are characters, not bytes.
struct Position {
  unsigned line = 1;
  unsigned column = 1;
};

enum class Kind { text, whole_number, number, boolean, date, list, table };

struct Entry;

// Only the member that `kind` names is set.
struct Node {
  Kind kind = Kind::table;
  Position at;
  std::string text;
  std::int64_t whole_number = 0;
  double number = 0;
  bool boolean = false;
  std::vector<Node> items;
  std::vector<Entry> entries;  // of a table, in the order of the file
};

struct Entry {
  std::string key;
  Position at;
  Node value;
};

// "a text in quotes", "a list", …: for messages.
[[nodiscard]] std::string_view describe(Kind kind);

// `file` is the name to use in messages. Throws Error "config" for text that is not UTF-8 or not TOML.
[[nodiscard]] Node parse(std::string_view file, std::string_view text);

}  // namespace dbrollback::config
