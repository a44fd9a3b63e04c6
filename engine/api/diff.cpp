#include "dbrollback/diff.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "engine/base/text.hpp"
#include "engine/compare/comparison.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/repository/select.hpp"
#include "engine/snapshot/manifest.hpp"
#include "schema/diff.hpp"

namespace dbrollback {

namespace {

using compare::Side;

std::vector<std::string> missing_columns(const schema::Table& from, const schema::Table& in) {
  std::vector<std::string> missing;
  for (const auto& column : from.columns) {
    const auto same = [&](const schema::Column& other) { return other.name == column.name; };
    if (!column.generated && std::ranges::none_of(in.columns, same)) {
      missing.push_back(column.name);
    }
  }
  return missing;
}

TableDifference compare_table(compare::Comparison& sides, const std::string& name) {
  TableDifference out;
  out.name = name;
  const schema::Table* in_a = schema::find_table(sides.schema(Side::a), name);
  const schema::Table* in_b = schema::find_table(sides.schema(Side::b), name);
  if (in_a != nullptr) {
    out.rows_a = sides.count(Side::a, name);
  }
  if (in_b != nullptr) {
    out.rows_b = sides.count(Side::b, name);
  }
  if (in_a == nullptr || in_b == nullptr) {
    out.added = out.rows_b.value_or(0);
    out.removed = out.rows_a.value_or(0);
    out.compared_by = "the table is only on one side";
    return out;
  }
  out.columns_removed = missing_columns(*in_a, *in_b);
  out.columns_added = missing_columns(*in_b, *in_a);
  const database::RowDifference rows = sides.rows(name);
  out.added = rows.added;
  out.removed = rows.removed;
  out.changed = rows.changed;
  out.compared_by = rows.compared_by;
  return out;
}

// Of a snapshot of chosen tables, whose rows the others had is not known.
void leave_out_unchosen(const compare::Manifests& manifests, std::set<std::string>& names, Observer& observer) {
  for (const auto& manifest : manifests) {
    if (manifest && manifest->partial) {
      const std::size_t left_out = std::erase_if(names, [&](const std::string& name) {
        return std::ranges::find(manifest->tables, name, &TableFacts::name) == manifest->tables.end();
      });
      if (left_out > 0) {
        observer.warning(base::cat(base::plural(left_out, "table"), left_out == 1 ? " is" : " are",
                                   " not compared: ", manifest->summary.id, " holds the rows of chosen tables only"));
      }
    }
  }
}

}  // namespace

DiffReport diff(Repository& repository, const DatabaseConfig& database, const std::string& a, const std::string& b,
                Observer& observer) {
  const auto shared = repository.store().share(database.lock_timeout);
  const auto earlier = repository.store().catalog().all();
  DiffReport report;
  compare::Manifests manifests;
  const auto choose = [&](const std::string& spec, std::optional<SnapshotDetails>& manifest, std::string& name) {
    name = spec == "live" ? spec : repository::select(earlier, spec, database.name).id;
    if (spec != "live") {
      manifest = snapshot::read_manifest(repository.store().objects(), name);
    }
  };
  choose(a, manifests[0], report.a);
  choose(b, manifests[1], report.b);
  const auto sides = compare::open_comparison(repository.store(), database, manifests, observer);
  for (const auto& changes : {schema::diff(sides->schema(Side::a), sides->schema(Side::b)), sides->others()}) {
    for (const auto& change : changes) {
      report.schema.push_back({.object = base::printable(change.object), .change = base::printable(change.change)});
    }
  }
  std::set<std::string> names;
  for (const Side side : {Side::a, Side::b}) {
    for (const auto& table : sides->schema(side).tables) {
      if (!table.name.starts_with("sqlite_")) {  // SQLite's own bookkeeping is nobody's rows
        names.insert(table.name);
      }
    }
  }
  leave_out_unchosen(manifests, names, observer);
  for (const auto& name : names) {
    observer.progress({.phase = "comparing", .done = report.tables_compared, .total = names.size(), .unit = "tables"});
    TableDifference difference = compare_table(*sides, name);
    if (!difference.same()) {
      report.tables.push_back(std::move(difference));
    }
    ++report.tables_compared;
  }
  return report;
}

}  // namespace dbrollback
