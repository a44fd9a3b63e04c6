#include "dbrollback/diff.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "engine/base/text.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/repository/select.hpp"
#include "engine/repository/take.hpp"
#include "engine/snapshot/open.hpp"
#include "schema/diff.hpp"

namespace dbrollback {

namespace {

// One side: a stored snapshot, or the live database.
class Side {
 public:
  Side(repository::Store& store, const DatabaseConfig& database, const std::string& spec, Observer& observer) {
    const auto options = repository::view_options(database, observer);
    if (spec == "live") {
      name_ = spec;
      live_ = database::open_database(database)->open_view(options, observer);
    } else {
      name_ = repository::select(store.catalog().all(), spec, database.name).id;
      stored_ = std::make_unique<snapshot::OpenSnapshot>(store.objects(), name_, options);
    }
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] database::View& view() { return live_ ? *live_ : stored_->view(); }

 private:
  std::string name_;
  std::unique_ptr<database::View> live_;
  std::unique_ptr<snapshot::OpenSnapshot> stored_;
};

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

TableDifference compare(const std::string& name, database::View& a, database::View& b) {
  TableDifference out;
  out.name = name;
  const schema::Table* in_a = schema::find_table(a.describe().schema, name);
  const schema::Table* in_b = schema::find_table(b.describe().schema, name);
  if (in_a != nullptr) {
    out.rows_a = a.count(name);
  }
  if (in_b != nullptr) {
    out.rows_b = b.count(name);
  }
  if (in_a == nullptr || in_b == nullptr) {
    out.added = out.rows_b.value_or(0);
    out.removed = out.rows_a.value_or(0);
    out.compared_by = "the table is only on one side";
    return out;
  }
  out.columns_removed = missing_columns(*in_a, *in_b);
  out.columns_added = missing_columns(*in_b, *in_a);
  const database::RowDifference rows = a.compare(b, name);
  out.added = rows.added;
  out.removed = rows.removed;
  out.changed = rows.changed;
  out.compared_by = rows.compared_by;
  return out;
}

}  // namespace

DiffReport diff(Repository& repository, const DatabaseConfig& database, const std::string& a, const std::string& b,
                Observer& observer) {
  const auto shared = repository.store().share(database.lock_timeout);
  Side left(repository.store(), database, a, observer);
  Side right(repository.store(), database, b, observer);
  DiffReport report;
  report.a = left.name();
  report.b = right.name();
  for (const auto& change : schema::diff(left.view().describe().schema, right.view().describe().schema)) {
    report.schema.push_back({.object = base::printable(change.object), .change = base::printable(change.change)});
  }
  std::set<std::string> names;
  for (database::View* view : {&left.view(), &right.view()}) {
    for (const auto& table : view->describe().schema.tables) {
      if (!table.name.starts_with("sqlite_")) {  // SQLite's own bookkeeping is nobody's rows
        names.insert(table.name);
      }
    }
  }
  for (const auto& name : names) {
    observer.progress({.phase = "comparing", .done = report.tables_compared, .total = names.size(), .unit = "tables"});
    TableDifference difference = compare(name, left.view(), right.view());
    if (!difference.same()) {
      report.tables.push_back(std::move(difference));
    }
    ++report.tables_compared;
  }
  return report;
}

}  // namespace dbrollback
