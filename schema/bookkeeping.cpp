#include "schema/bookkeeping.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

namespace {

// Of tools that run their migrations themselves, by their own documentation.
constexpr std::array<std::string_view, 6> tables_of_others{"alembic_version",       "django_migrations",
                                                           "flyway_schema_history", "atlas_schema_revisions",
                                                           "knex_migrations",       "knex_migrations_lock"};

struct Names {
  std::vector<std::string> tables;
  std::vector<std::string> schemas;
};

Names names_of_tools(const std::string& table) {
  Names out;
  out.tables.assign(tables_of_others.begin(), tables_of_others.end());
  if (!table.empty()) {
    out.tables.push_back(table);
  }
  for (const Format* format : formats()) {
    if (!format->own_schema.empty()) {
      out.schemas.emplace_back(format->own_schema);
    } else if (!format->table.empty()) {
      out.tables.emplace_back(format->table);
    }
  }
  return out;
}

// A PostgreSQL name has its schema before it; both may be in quotes.
std::pair<std::string, std::string> parts_of(const std::string& name) {
  std::pair<std::string, std::string> out;
  bool is_quoted = false;
  for (const char c : name) {
    if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == '.' && !is_quoted && out.first.empty()) {
      out.first = std::exchange(out.second, {});
    } else {
      out.second += c;
    }
  }
  return out;
}

bool is_one(const Names& names, const std::string& name) {
  const auto [schema, plain] = parts_of(name);
  return std::ranges::find(names.schemas, schema) != names.schemas.end() ||
         std::ranges::find(names.tables, plain) != names.tables.end();
}

bool is_called_after(const std::string& name, const std::string& table) { return name.starts_with(table + "_"); }

// A server makes a sequence with a table, and calls it after it; of several such tables, after the longest name.
bool is_sequence_of_one(const Names& names, const Schema& schema, const std::string& sequence) {
  const std::string plain = parts_of(sequence).second;
  return std::ranges::any_of(names.tables, [&](const std::string& table) {
    return is_called_after(plain, table) && std::ranges::none_of(schema.objects, [&](const Object& object) {
             const std::string own = parts_of(object.name).second;
             return object.kind == "table" && is_called_after(own, table) && is_called_after(plain, own) &&
                    !is_one(names, object.name);
           });
  });
}

}  // namespace

Schema without_bookkeeping(const Schema& schema, const std::string& table) {
  const Names names = names_of_tools(table);
  Schema out = schema;
  std::erase_if(out.objects, [&](const Object& object) {
    const bool is_schema =
        object.kind == "schema" && std::ranges::find(names.schemas, object.name) != names.schemas.end();
    return is_schema || is_one(names, object.name) || (!object.table.empty() && is_one(names, object.table)) ||
           (object.kind == "sequence" && is_sequence_of_one(names, schema, object.name));
  });
  std::erase_if(out.tables, [&](const Table& each) { return is_one(names, each.name); });
  return out;
}

bool is_bookkeeping(const std::string& name, const std::string& table) { return is_one(names_of_tools(table), name); }

}  // namespace dbrollback::schema
