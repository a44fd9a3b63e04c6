#include "engine/database/postgres/table_choice.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/describe.hpp"
#include "engine/database/postgres/large_objects.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

// The partitions that hold rows, with each table above them.
constexpr const char* partitions_sql = R"(
SELECT c.oid, a.relid::oid FROM pg_class c CROSS JOIN LATERAL pg_partition_ancestors(c.oid) AS a
WHERE c.relispartition AND a.relid <> c.oid)";

// As they were declared: the server has one more for each partition.
constexpr const char* foreign_keys_sql = R"(
SELECT k.conname, k.conrelid, k.confrelid, k.oid FROM pg_constraint k
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.convalidated ORDER BY k.conname COLLATE "C", k.oid)";

// The next character's bytes, of UTF-8 or of what is not.
std::size_t length_of_character(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  return length;
}

// Where it does not fit, the last star takes one character more.
bool fits(std::string_view pattern, std::string_view text) {
  std::string_view after_star;
  std::string_view behind;
  bool any_star = false;
  while (!text.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      after_star = pattern;
      behind = text;
      any_star = true;
    } else if (pattern.starts_with('?')) {
      pattern.remove_prefix(1);
      text.remove_prefix(length_of_character(text));
    } else if (!pattern.empty() && pattern.front() == text.front()) {
      pattern.remove_prefix(1);
      text.remove_prefix(1);
    } else if (any_star) {
      pattern = after_star;
      behind.remove_prefix(length_of_character(behind));
      text = behind;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

bool has_point(const std::string& pattern) { return pattern.find('.') != std::string::npos; }

bool names(const std::string& pattern, const std::string& schema, const std::string& name) {
  return has_point(pattern) ? fits(pattern, cat(schema, ".", name)) || fits(pattern, shown_name(schema, name))
                            : fits(pattern, name) || fits(pattern, shown_identifier(name));
}

bool names_large_objects(const std::string& pattern) {
  return has_point(pattern) && std::ranges::any_of(large_object_tables, [&](const char* table) {
           return names(pattern, large_object_schema, table);
         });
}

// A table is meant by its own name and by those of the tables that it is a partition of.
class Meant {
 public:
  Meant(Connection& connection, const std::vector<Relation>& relations) {
    for (const Relation& relation : relations) {
      by_oid_[relation.oid] = &relation;
    }
    const Result rows = connection.execute(partitions_sql);
    for (int row = 0; row < rows.rows(); ++row) {
      above_.emplace(oid_of(rows, row, 0), oid_of(rows, row, 1));
    }
  }

  static std::uint32_t oid_of(const Result& rows, int row, int column) {
    return static_cast<std::uint32_t>(rows.integer(row, column));
  }

  [[nodiscard]] bool by(const std::string& pattern, const Relation& relation) const {
    if (names(pattern, relation.schema, relation.name)) {
      return true;
    }
    const auto [first, last] = above_.equal_range(relation.oid);
    return std::any_of(first, last, [&](const auto& pair) {
      const auto at = by_oid_.find(pair.second);
      return at != by_oid_.end() && names(pattern, at->second->schema, at->second->name);
    });
  }

  [[nodiscard]] bool is_of(const Relation& relation, std::uint32_t table) const {
    const auto [first, last] = above_.equal_range(relation.oid);
    return relation.oid == table || std::any_of(first, last, [&](const auto& pair) { return pair.second == table; });
  }

  // Schema and name.
  [[nodiscard]] std::pair<std::string, std::string> name_of(std::uint32_t table) const {
    const auto at = by_oid_.find(table);
    return at == by_oid_.end() ? std::pair<std::string, std::string>()
                               : std::pair(at->second->schema, at->second->name);
  }

 private:
  std::map<std::uint32_t, const Relation*> by_oid_;
  std::multimap<std::uint32_t, std::uint32_t> above_;
};

void require_meaning(const std::vector<std::string>& patterns, const std::vector<Relation>& relations,
                     const Meant& meant, const Connection& connection) {
  for (const std::string& pattern : patterns) {
    const bool any = names_large_objects(pattern) || std::ranges::any_of(relations, [&](const Relation& relation) {
                       return (relation.has_rows() || relation.kind == 'p') && meant.by(pattern, relation);
                     });
    if (!any) {
      base::fail_usage(
          "no_such_table",
          cat("'", printable(pattern), "' means no table with rows of its own in ", printable(connection.shown())),
          pattern,
          "write names as `dbrollback show` does, schema.table or table, with * for any text and ? for a "
          "character");
    }
  }
}

}  // namespace

TableChoice::TableChoice(std::vector<std::string> tables, std::vector<std::string> excluded)
    : tables_(std::move(tables)), excluded_(std::move(excluded)) {}

bool TableChoice::large_objects() const {
  return (tables_.empty() || std::ranges::any_of(tables_, names_large_objects)) &&
         std::ranges::none_of(excluded_, names_large_objects);
}

void TableChoice::apply(Connection& connection, std::vector<Relation>& relations) const {
  if (tables_.empty() && excluded_.empty()) {
    return;
  }
  const Meant meant(connection, relations);
  require_meaning(tables_, relations, meant, connection);
  require_meaning(excluded_, relations, meant, connection);
  for (Relation& relation : relations) {
    const auto is_meant = [&](const std::string& pattern) { return meant.by(pattern, relation); };
    relation.chosen =
        (tables_.empty() || std::ranges::any_of(tables_, is_meant)) && std::ranges::none_of(excluded_, is_meant);
  }
}

std::vector<LooseKeyFacts> keys_to_unchosen(Connection& connection, const std::vector<Relation>& relations) {
  std::vector<LooseKeyFacts> out;
  const Meant meant(connection, relations);
  const Result keys = connection.execute(foreign_keys_sql);
  for (int row = 0; row < keys.rows(); ++row) {
    const auto any_of = [&](std::uint32_t table, bool chosen) {
      return std::ranges::any_of(relations, [&](const Relation& relation) {
        return relation.has_rows() && relation.chosen == chosen && meant.is_of(relation, table);
      });
    };
    const std::uint32_t from = Meant::oid_of(keys, row, 1);
    const std::uint32_t to = Meant::oid_of(keys, row, 2);
    if (any_of(from, true) && any_of(to, false)) {
      const auto [schema, table] = meant.name_of(from);
      const auto [other_schema, other] = meant.name_of(to);
      const std::string name = keys.text(row, 0);
      out.push_back({.oid = Meant::oid_of(keys, row, 3),
                     .schema = schema,
                     .table = table,
                     .name = name,
                     .object = name_in_table(shown_identifier(name), shown_name(schema, table)),
                     .refers_to = shown_name(other_schema, other)});
    }
  }
  return out;
}

}  // namespace dbrollback::database::postgres
