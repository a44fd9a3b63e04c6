#include "engine/config/check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "engine/base/text.hpp"

namespace dbrollback::config {

namespace {

// As SQLite turns a number into text: "2.5", "2.0", "1.0e+20".
std::string number_text(double value) {
  constexpr int digits = 15;
  std::array<char, 32> buffer{};
  (void)std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, value);
  std::string text = buffer.data();
  if (text.find('.') == std::string::npos) {
    text.insert(std::min(text.find('e'), text.size()), ".0");
  }
  return text;
}

// Nothing for "unchanged".
std::optional<std::string> read_expected(const Item& item) {
  const Node& node = *item.node;
  switch (node.kind) {
    case Kind::text:
      return node.text == "unchanged" ? std::nullopt : std::optional(node.text);
    case Kind::whole_number:
      return base::cat(node.whole_number);
    case Kind::boolean:
      return node.boolean ? "1" : "0";
    case Kind::number:
      if (!std::isfinite(node.number)) {
        place_of(item).mistake("must be a finite number: no query returns this one");
      }
      return number_text(node.number);
    default:
      wrong_kind(item, "a number, true, false, or a text (\"unchanged\": what the snapshot saw)");
  }
}

Check read_check(const Item& table) {
  Check check;
  for_each_key(table, {"name", "sql", "expect"}, [&](const Item& item) {
    if (item.name == "name") {
      check.name = text_of(item);
    } else if (item.name == "sql") {
      check.sql = text_of(item);
    } else {
      check.expect = read_expected(item);
    }
  });
  for (const char* needed : {"name", "sql"}) {
    if (!has(table, needed)) {
      place_of(table).mistake(base::cat("has no ", needed, "; every check needs a name and sql"));
    }
  }
  return check;
}

void refuse_second(const Item& table, const std::vector<Check>& before, const std::string& name) {
  if (std::ranges::find(before, name, &Check::name) == before.end()) {
    return;
  }
  for_each_key(table, [&](const Item& item) {
    if (item.name == "name") {
      place_of(item).mistake(
          base::cat("another check is called \"", base::printable(name), "\"; give each its own name"));
    }
  });
}

}  // namespace

std::vector<Check> read_checks(const Item& list) {
  std::vector<Check> checks;
  for (const Item& table : tables_of(list)) {
    Check check = read_check(table);
    refuse_second(table, checks, check.name);
    checks.push_back(std::move(check));
  }
  return checks;
}

}  // namespace dbrollback::config
