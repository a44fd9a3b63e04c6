// The one file that knows the TOML library.
#include <algorithm>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/config/node.hpp"
#include "engine/config/place.hpp"
#include "engine/config/toml.hpp"
#include "engine/config/utf8.hpp"

namespace dbrollback::config {

namespace {

Position position(const toml::source_region& source) { return {source.begin.line, source.begin.column}; }

Node convert(const toml::node& from);

std::vector<Entry> convert_entries(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, value] : table) {
    entries.push_back({std::string(key.str()), position(key.source()), convert(value)});
  }
  // The library sorts by name; the first mistake of a file is the one that stands first.
  std::ranges::stable_sort(entries, {}, [](const Entry& entry) { return std::pair(entry.at.line, entry.at.column); });
  return entries;
}

void convert_list(const toml::array& array, Node& node) {
  node.kind = Kind::list;
  for (const toml::node& item : array) {
    node.items.push_back(convert(item));
  }
}

void convert_value(const toml::node& from, Node& node) {
  if (const auto* text = from.as_string()) {
    node.kind = Kind::text;
    node.text = text->get();
  } else if (const auto* whole = from.as_integer()) {
    node.kind = Kind::whole_number;
    node.whole_number = whole->get();
  } else if (const auto* number = from.as_floating_point()) {
    node.kind = Kind::number;
    node.number = number->get();
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = Kind::boolean;
    node.boolean = boolean->get();
  } else {
    node.kind = Kind::date;
  }
}

Node convert(const toml::node& from) {
  Node node;
  node.at = position(from.source());
  if (const auto* table = from.as_table()) {
    node.entries = convert_entries(*table);
  } else if (const auto* array = from.as_array()) {
    convert_list(*array, node);
  } else {
    convert_value(from, node);
  }
  return node;
}

// The line and column of a byte, when everything before it is UTF-8.
Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return {1 + static_cast<unsigned>(std::ranges::count(before, '\n')),
          1 + static_cast<unsigned>(std::ranges::count_if(before.substr(line_start), starts_character))};
}

// Each dot of a key is a table in a table, and the library goes through them by recursion without a limit.
void refuse_deep_keys(std::string_view file, std::string_view text) {
  constexpr std::ptrdiff_t most_dots = 1000;
  for (unsigned line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    if (std::ranges::count(one, '.') > most_dots) {
      place_in(file, {.line = line, .column = 1})
          .mistake(base::cat("this line has more than ", most_dots, " dots; break it"));
    }
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
}

std::string explain(const toml::parse_error& error) {
  constexpr std::string_view prefix = "Error while ";
  std::string_view what = error.description();
  if (what.starts_with(prefix)) {
    what.remove_prefix(prefix.size());
  }
  std::string text = base::cat("this is not TOML: ", base::printable(what));
  if (what.ends_with("could not determine value type")) {
    text += "; a text needs quotes, \" or '";
  }
  return text;
}

}  // namespace

Node parse(std::string_view file, std::string_view text) {
  if (const auto bad = first_invalid_utf8(text)) {
    place_in(file, position_of(text, *bad)).mistake("this is not UTF-8; save the file in that encoding");
  }
  refuse_deep_keys(file, text);
  try {
    return convert(toml::parse(text));
  } catch (const toml::parse_error& error) {
    place_in(file, position(error.source())).mistake(explain(error));
  }
}

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "a text in quotes";
    case Kind::whole_number:
      return "a whole number";
    case Kind::number:
      return "a number with a fraction";
    case Kind::boolean:
      return "true or false";
    case Kind::date:
      return "a date or time";
    case Kind::list:
      return "a list";
    case Kind::table:
      return "a table";
  }
  return "something else";
}

}  // namespace dbrollback::config
