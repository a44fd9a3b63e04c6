#include "schema/column_types.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dbrollback::schema {

namespace {

constexpr int no_limit = std::numeric_limits<int>::max();

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> short_names = {{
    {"bool", "boolean"},
    {"char", "character"},
    {"decimal", "numeric"},
    {"float", "double precision"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"int", "integer"},
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"time", "time without time zone"},
    {"timestamp", "timestamp without time zone"},
    {"timestamptz", "timestamp with time zone"},
    {"timetz", "time with time zone"},
    {"varbit", "bit varying"},
    {"varchar", "character varying"},
}};

struct ColumnType {
  std::string name;
  std::vector<int> modifiers;  // the numbers in parentheses
  bool is_array = false;

  [[nodiscard]] bool is(std::string_view other) const { return name == other; }
  [[nodiscard]] int modifier(std::size_t i, int otherwise) const {
    return i < modifiers.size() ? modifiers[i] : otherwise;
  }
};

std::vector<int> numbers_in(std::string_view text) {
  std::vector<int> out;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) {
      out.push_back(number);
    }
    at = std::max(next, at + 1);
  }
  return out;
}

ColumnType read_type(std::string_view text) {
  ColumnType out;
  if (text.ends_with("[]")) {
    out.is_array = true;
    text.remove_suffix(2);
  }
  out.name = text;
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(')', std::min(open, text.size()));
  if (close != std::string_view::npos) {
    out.modifiers = numbers_in(text.substr(open, close - open));
    out.name = std::string(text.substr(0, open)).append(text.substr(close + 1));
  }
  const auto* full = std::ranges::find(short_names, out.name, &decltype(short_names)::value_type::first);
  if (full != short_names.end()) {
    out.name = full->second;
  }
  return out;
}

TypeChange safe_if(bool fits) { return fits ? TypeChange::safe : TypeChange::narrowing; }

// How many characters or bits a type holds; nothing: it is of neither.
std::optional<int> length_of(const ColumnType& type, bool bits) {
  const int length = type.modifier(0, no_limit);
  if (type.is(bits ? "bit varying" : "character varying") || (!bits && (type.is("text") || type.is("bpchar")))) {
    return length;
  }
  if (type.is(bits ? "bit" : "character")) {
    return type.modifier(0, 1);
  }
  return std::nullopt;
}

// Only a type with a varying length keeps what a value's length was.
std::optional<TypeChange> length_change(const ColumnType& from, const ColumnType& to, bool bits) {
  const auto before = length_of(from, bits);
  const auto after = length_of(to, bits);
  if (!before || !after) {
    return std::nullopt;
  }
  const bool is_fixed = to.is(bits ? "bit" : "character");
  return safe_if(is_fixed ? from.name == to.name && (bits ? *before == *after : *before <= *after) : *before <= *after);
}

// What a type of numbers holds exactly, in decimal digits: of an integer the digits of its highest value, which not all
// numbers with as many reach.
struct NumberType {
  std::string_view name;
  int digits;       // that it can have
  int full_digits;  // that all have a place in it
};

constexpr std::array<NumberType, 5> number_types = {{
    {"smallint", 5, 4},
    {"integer", 10, 9},
    {"bigint", 19, 18},
    {"real", 0, 6},
    {"double precision", 0, 15},
}};

const NumberType* number_type(const ColumnType& type) {
  const auto* at = std::ranges::find(number_types, type.name, &NumberType::name);
  return at == number_types.end() ? nullptr : at;
}

bool is_float(const ColumnType& type) { return type.is("real") || type.is("double precision"); }

int scale_of(const ColumnType& numeric) { return numeric.modifier(1, 0); }

TypeChange numeric_change(const ColumnType& from, const ColumnType& to) {
  if (to.modifiers.empty() || from.modifiers.empty()) {
    return safe_if(to.modifiers.empty());
  }
  const int whole_before = from.modifiers.front() - scale_of(from);
  const int whole_after = to.modifiers.front() - scale_of(to);
  return safe_if(scale_of(from) <= scale_of(to) && whole_before <= whole_after);
}

// Between two of the types of number_types: each one holds those before it, but the exact ones are longer than real.
TypeChange machine_number_change(const ColumnType& from, const ColumnType& to) {
  const NumberType* before = number_type(from);
  const NumberType* after = number_type(to);
  if (is_float(from) == is_float(to)) {
    return safe_if(before <= after);
  }
  return safe_if(is_float(to) && before->digits <= after->full_digits);
}

std::optional<TypeChange> number_change(const ColumnType& from, const ColumnType& to) {
  const bool from_numeric = from.is("numeric");
  const bool to_numeric = to.is("numeric");
  const NumberType* before = number_type(from);
  const NumberType* after = number_type(to);
  if ((!from_numeric && before == nullptr) || (!to_numeric && after == nullptr)) {
    return std::nullopt;
  }
  if (from_numeric && to_numeric) {
    return numeric_change(from, to);
  }
  if (to_numeric) {  // which rounds what a float is
    const int whole = to.modifiers.empty() ? no_limit : to.modifiers.front() - scale_of(to);
    return safe_if(!is_float(from) && before->digits <= whole);
  }
  if (from_numeric) {  // a float has no exact fractions
    return safe_if(!from.modifiers.empty() && scale_of(from) <= 0 &&
                   from.modifiers.front() - scale_of(from) <= after->full_digits);
  }
  return machine_number_change(from, to);
}

// Types with a number of digits behind the second.
std::optional<TypeChange> precision_change(const ColumnType& from, const ColumnType& to) {
  const bool is_of_time = from.name.starts_with("time") || from.is("interval");
  if (from.name != to.name || !is_of_time) {
    return std::nullopt;
  }
  return safe_if(from.modifier(0, 6) <= to.modifier(0, 6));
}

struct Step {
  std::string_view from;
  std::string_view to;
  TypeChange change;
};

constexpr std::array steps = {
    Step{"date", "timestamp without time zone", TypeChange::safe},
    Step{"date", "timestamp with time zone", TypeChange::safe},
    Step{"timestamp without time zone", "date", TypeChange::narrowing},
    Step{"timestamp without time zone", "time without time zone", TypeChange::narrowing},
    Step{"timestamp with time zone", "date", TypeChange::narrowing},
    Step{"timestamp with time zone", "time with time zone", TypeChange::narrowing},
    Step{"timestamp with time zone", "time without time zone", TypeChange::narrowing},
    Step{"timestamp with time zone", "timestamp without time zone", TypeChange::narrowing},
    Step{"time with time zone", "time without time zone", TypeChange::narrowing},
    Step{"time without time zone", "interval", TypeChange::safe},
    Step{"interval", "time without time zone", TypeChange::narrowing},
    Step{"boolean", "integer", TypeChange::safe},
    Step{"integer", "boolean", TypeChange::narrowing},
    Step{"jsonb", "json", TypeChange::safe},
    Step{"json", "jsonb", TypeChange::narrowing},  // which keeps one of two equal keys
    Step{"cidr", "inet", TypeChange::safe},
    Step{"inet", "cidr", TypeChange::narrowing},
    Step{"macaddr", "macaddr8", TypeChange::safe},
    Step{"macaddr8", "macaddr", TypeChange::narrowing},
};

bool is_characters(const ColumnType& type) { return length_of(type, false).has_value(); }

// From a type to the characters that write it, and back.
std::optional<TypeChange> writing_change(const ColumnType& from, const ColumnType& to) {
  if (!to.is_array && is_characters(to) && length_of(to, false) == no_limit) {
    return TypeChange::safe;
  }
  const bool reads = !from.is_array && is_characters(from);
  return reads && (to.is_array || !is_characters(to)) ? std::optional(TypeChange::narrowing) : std::nullopt;
}

}  // namespace

TypeChange type_change(std::string_view from, std::string_view to) {
  if (from == to) {
    return TypeChange::safe;
  }
  const ColumnType before = read_type(from);
  const ColumnType after = read_type(to);
  if (const auto written = writing_change(before, after)) {
    return *written;
  }
  if (before.is_array != after.is_array) {
    return TypeChange::unknown;
  }
  for (const auto& change : {length_change(before, after, false), length_change(before, after, true),
                             number_change(before, after), precision_change(before, after)}) {
    if (change) {
      return *change;
    }
  }
  const auto* step =
      std::ranges::find_if(steps, [&](const Step& each) { return before.is(each.from) && after.is(each.to); });
  if (step != steps.end()) {
    return step->change;
  }
  return before.name == after.name && before.modifiers == after.modifiers ? TypeChange::safe : TypeChange::unknown;
}

}  // namespace dbrollback::schema
