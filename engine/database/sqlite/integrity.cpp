#include "engine/database/sqlite/integrity.hpp"

#include <algorithm>
#include <set>

#include "dbrollback/error.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::sqlite {

using base::cat;
using base::printable;

namespace {

// Runs `action`; when SQLite refuses the statement itself, the reason is returned instead.
template <class Action>
std::string refusal_of(Connection& connection, Action action) {
  try {
    action();
    return {};
  } catch (const Error& error) {
    if (error.code() != "sqlite") {
      throw;
    }
    return printable(sqlite3_errmsg(connection.handle()));
  }
}

std::vector<std::string> names(Connection& connection, const char* sql) {
  std::vector<std::string> out;
  Statement rows(connection, sql);
  while (rows.step()) {
    out.push_back(rows.text(0));
  }
  return out;
}

std::vector<std::string> problems(Connection& connection, const std::string& pragma) {
  std::vector<std::string> out;
  Statement check(connection, pragma);
  while (check.step()) {
    if (check.text(0) != "ok") {
      out.push_back(printable(check.text(0)));
    }
  }
  return out;
}

// Tables with an index whose order only the application knows.
std::set<std::string> ordered_by_the_application(Connection& connection) {
  std::set<std::string> out;
  Statement collations(connection,
                       "SELECT DISTINCT t.name, x.coll FROM main.sqlite_schema t, pragma_index_list(t.name, 'main') i, "
                       "pragma_index_xinfo(i.name, 'main') x WHERE t.type = 'table'");
  while (collations.step()) {
    if (connection.is_unknown_collation(collations.text(1))) {
      out.insert(collations.text(0));
    }
  }
  return out;
}

// The structure of all pages was checked with the whole; what is left are the rows of each table.
void check_each_table(Connection& connection, View::Integrity& found) {
  const auto unknown_order = ordered_by_the_application(connection);
  for (const auto& table :
       names(connection, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0")) {
    if (unknown_order.contains(table)) {
      found.unchecked.push_back(cat(printable(table), ": the order of an index is a collation of the application"));
      continue;
    }
    const std::string refused = refusal_of(connection, [&] {
      const auto of_table = problems(connection, cat("PRAGMA main.integrity_check(", quote(table), ")"));
      found.damage.insert(found.damage.end(), of_table.begin(), of_table.end());
    });
    if (!refused.empty()) {
      found.unchecked.push_back(cat(printable(table), ": ", refused));
    }
  }
}

}  // namespace

References check_references(Connection& connection) {
  References out;
  const auto tables =
      names(connection,
            "SELECT DISTINCT t.name FROM main.sqlite_schema t, pragma_foreign_key_list(t.name, 'main') f "
            "WHERE t.type = 'table' ORDER BY 1");
  for (const auto& table : tables) {
    const std::string refused = refusal_of(connection, [&] {
      Statement orphans(connection, "SELECT parent, rowid, fkid FROM pragma_foreign_key_check(?1, 'main')");
      orphans.bind(1, table);
      while (orphans.step()) {
        out.orphans[{table, orphans.text(0)}].emplace_back(orphans.integer(1), orphans.integer(2));
      }
    });
    if (!refused.empty()) {
      out.unchecked.push_back(cat(printable(table), ": ", refused));
    }
  }
  for (auto& [reference, rows] : out.orphans) {
    std::ranges::sort(rows);
  }
  return out;
}

View::Integrity check_integrity(Connection& connection) {
  View::Integrity found;
  std::vector<std::string> of_whole;
  const std::string refused =
      refusal_of(connection, [&] { of_whole = problems(connection, "PRAGMA main.integrity_check"); });
  if (refused.empty() && (of_whole.empty() || !connection.has_unknown_collations())) {
    found.damage = std::move(of_whole);
  } else {
    for (auto& problem : of_whole) {
      if (problem.starts_with("*** in database")) {  // of pages, not of rows
        found.damage.push_back(std::move(problem));
      }
    }
    check_each_table(connection, found);
  }
  References references = check_references(connection);
  for (const auto& [reference, rows] : references.orphans) {
    found.orphans.push_back(cat(printable(reference.first), " -> ", printable(reference.second), ": ",
                                base::plural(rows.size(), "row"), " that refer to nothing"));
  }
  for (auto& table : references.unchecked) {
    found.unchecked.push_back(std::move(table));
  }
  return found;
}

}  // namespace dbrollback::database::sqlite
