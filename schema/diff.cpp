#include "schema/diff.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace dbrollback::schema {

namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string described(const Column& column) {
  std::string out = column.type.empty() ? "no type" : column.type;
  if (column.not_null) {
    out += " NOT NULL";
  }
  if (!column.default_value.empty()) {
    out += " DEFAULT " + column.default_value;
  }
  if (column.generated) {
    out += " GENERATED";
  }
  return out;
}

const Column* find_column(const Table& table, const std::string& name) {
  const auto at = std::ranges::find(table.columns, name, &Column::name);
  return at == table.columns.end() ? nullptr : &*at;
}

void diff_columns(const Table& before, const Table& after, const std::string& object, std::vector<Change>& out) {
  for (const auto& column : before.columns) {
    const Column* now = find_column(after, column.name);
    if (now == nullptr) {
      out.push_back({object, "column " + quoted(column.name) + " removed"});
    } else if (*now != column) {
      out.push_back(
          {object, "column " + quoted(column.name) + " changed from " + described(column) + " to " + described(*now)});
    }
  }
  for (const auto& column : after.columns) {
    if (find_column(before, column.name) == nullptr) {
      out.push_back({object, "column " + quoted(column.name) + " added (" + described(column) + ")"});
    }
  }
  if (before.key != after.key) {
    out.push_back({object, "primary key changed"});
  }
}

// Tables before what stands on them.
int rank(const std::string& kind) { return kind == "table" ? 0 : kind == "view" ? 1 : kind == "index" ? 2 : 3; }

}  // namespace

std::vector<Change> diff(const Schema& before, const Schema& after) {
  using Key = std::pair<int, std::pair<std::string, std::string>>;
  std::map<Key, std::pair<const Object*, const Object*>> pairs;
  const auto key = [](const Object& object) { return Key{rank(object.kind), {object.kind, object.name}}; };
  for (const auto& object : before.objects) {
    pairs[key(object)].first = &object;
  }
  for (const auto& object : after.objects) {
    pairs[key(object)].second = &object;
  }
  std::vector<Change> out;
  for (const auto& [name, pair] : pairs) {
    const auto& [old_object, new_object] = pair;
    const std::string object = name.second.first + " " + quoted(name.second.second);
    if (old_object == nullptr || new_object == nullptr) {
      out.push_back({object, old_object == nullptr ? "added" : "removed"});
      continue;
    }
    const Table* old_table = name.first == 0 ? find_table(before, name.second.second) : nullptr;
    const Table* new_table = name.first == 0 ? find_table(after, name.second.second) : nullptr;
    const std::size_t known = out.size();
    if (old_table != nullptr && new_table != nullptr) {
      diff_columns(*old_table, *new_table, object, out);
    }
    const Schema old_alone{.objects = {*old_object}, .tables = {}};
    const Schema new_alone{.objects = {*new_object}, .tables = {}};
    if (out.size() == known && canonical_text(old_alone) != canonical_text(new_alone)) {
      out.push_back({object, "definition changed"});
    }
  }
  return out;
}

}  // namespace dbrollback::schema
