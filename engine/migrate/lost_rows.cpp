#include "engine/migrate/lost_rows.hpp"

#include <algorithm>
#include <set>

#include "engine/base/text.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;

namespace {

bool makes_only(const ScriptStatement& statement) { return statement.facts.kind.starts_with("CREATE"); }

bool could_take_rows(const ScriptStatement& statement) {
  const std::string& kind = statement.facts.kind;
  return !statement.facts.drops_tables.empty() || kind.starts_with("DELETE") || kind.starts_with("UPDATE") ||
         kind.starts_with("PRAGMA");
}

// Tables that the script is meant to take rows from.
std::set<std::string> named_by(const PreparedScript& script) {
  std::set<std::string> out;
  for (const ScriptStatement& each : script.statements) {
    out.insert(each.facts.drops_tables.begin(), each.facts.drops_tables.end());
    out.insert(each.facts.writes_tables.begin(), each.facts.writes_tables.end());
  }
  return out;
}

// A trigger may take rows from any table, and that is what it is for.
bool fires_triggers(database::ScriptSession& session, const std::set<std::string>& tables) {
  const auto rows = session.rows("SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger'");
  return std::ranges::any_of(rows, [&](const schema::Row& row) { return tables.contains(row.at(0).value_or("")); });
}

}  // namespace

LostRows::LostRows(database::ScriptSession& session, const PreparedScript& script)
    : session_(session), script_(script) {
  if (session.dialect() != schema::Dialect::sqlite) {
    return;
  }
  counts_ = std::ranges::any_of(script.statements, could_take_rows) && !fires_triggers(session, named_by(script));
  follows_references_ = !std::ranges::all_of(script.statements, makes_only);
  sizes_ = sizes();
  orphans_ = orphans();
}

LostRows::Rows LostRows::sizes() const {
  Rows out;
  if (counts_) {
    for (const database::TableSize& size : session_.table_sizes()) {
      out[size.name] = size.rows;
    }
  }
  return out;
}

LostRows::Rows LostRows::orphans() const {
  Rows out;
  if (follows_references_) {
    for (const database::Trace& trace : session_.traces()) {
      out[trace.object] += trace.rows;
    }
  }
  return out;
}

std::optional<LostRows::Loss> LostRows::find() const {
  const auto named = named_by(script_);
  for (const auto& [table, rows] : sizes()) {
    const auto before = sizes_.find(table);
    if (before != sizes_.end() && rows < before->second && !named.contains(table)) {
      return Loss{cat("deletes ", base::plural(before->second - rows, "row", "rows"), " of ", printable(table),
                      ", which it does not name"),
                  "a table that others refer to is dropped while foreign keys are on: make it again with them off"};
    }
  }
  for (const auto& [table, rows] : orphans()) {
    const auto before = orphans_.find(table);
    if (before == orphans_.end() || rows > before->second) {
      return Loss{
          cat("leaves rows without what they refer to: ",
              base::plural(rows - (before == orphans_.end() ? 0 : before->second), "row", "rows"), " of ", table),
          "delete those rows in the script too, or keep what they refer to"};
    }
  }
  return std::nullopt;
}

}  // namespace dbrollback::migrate
