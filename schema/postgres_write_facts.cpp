#include <algorithm>
#include <nlohmann/json.hpp>

#include "schema/postgres_facts.hpp"
#include "schema/statement_warnings.hpp"

namespace dbrollback::schema {

namespace {

void add_write_of(const std::string& kind, const Tree& write, StatementFacts& out) {
  const bool deletes = kind == "DeleteStmt";
  const bool updates = kind == "UpdateStmt";
  if (!deletes && !updates && kind != "InsertStmt" && kind != "MergeStmt") {
    return;
  }
  const std::string table = table_of(field(write, "relation"));
  if (std::ranges::find(out.writes_tables, table) == out.writes_tables.end()) {
    out.writes_tables.push_back(table);
  }
  if ((deletes || updates) && field(write, "whereClause").is_null()) {
    out.warnings.push_back(deletes ? deleting_all(table) : updating_all(table));
  }
}

}  // namespace

void add_write_facts(const Tree& tree, StatementFacts& out) {
  if (tree.is_object()) {
    for (const auto& [kind, below] : tree.items()) {
      add_write_of(kind, below, out);
    }
  }
  if (tree.is_structured()) {
    for (const Tree& below : tree) {
      add_write_facts(below, out);
    }
  }
}

}  // namespace dbrollback::schema
