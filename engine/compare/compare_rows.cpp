#include "engine/compare/compare_rows.hpp"

#include <algorithm>
#include <vector>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/compare/row_match.hpp"

namespace dbrollback::compare {

namespace {

using Names = std::vector<std::string>;

// The columns that rows have a value of, in their order.
Names stored_columns(const schema::Table& table) {
  Names names;
  for (const schema::Column& column : table.columns) {
    if (!column.generated) {
      names.push_back(column.name);
    }
  }
  return names;
}

bool has_all(const Names& names, const Names& of) {
  return std::ranges::all_of(of,
                             [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); });
}

// What rows of the two sides are found by, and what is compared of those that are found.
struct Columns {
  Names key;
  Names value;
  std::string described;
};

Columns columns_of(const schema::Table& a, const schema::Table& b) {
  const Names in_a = stored_columns(a);
  const Names in_b = stored_columns(b);
  Columns out;
  const bool by_key = !a.key.empty() && a.key == b.key && has_all(in_a, a.key) && has_all(in_b, a.key);
  if (by_key) {
    out.key = a.key;
    out.described = base::cat("primary key (", base::join(a.key, ", "), ")");
  } else {
    out.described = "whole rows: there is no common primary key";
  }
  for (const std::string& name : in_a) {
    if (std::ranges::find(in_b, name) != in_b.end() && std::ranges::find(out.key, name) == out.key.end()) {
      (by_key ? out.value : out.key).push_back(name);
    }
  }
  return out;
}

// Hashes some of a row's values: COPY's text format has a tab between two, and none inside.
class Picker {
 public:
  Picker(const Names& all, const Names& wanted) {
    places_.reserve(wanted.size());
    for (const std::string& name : wanted) {
      places_.push_back(static_cast<std::size_t>(std::ranges::find(all, name) - all.begin()));
    }
  }

  [[nodiscard]] base::Hash128 hash(const std::vector<base::ByteView>& values) {
    picked_.clear();
    for (const std::size_t place : places_) {
      base::put(picked_, values.at(place));
      picked_.push_back(std::byte{'\t'});
    }
    return base::xxh3_128(picked_);
  }

 private:
  std::vector<std::size_t> places_;
  base::Bytes picked_;
};

void split(base::ByteView row, std::vector<base::ByteView>& values) {
  values.clear();
  for (std::size_t begin = 0;;) {
    const std::size_t end = base::text_of(row).find('\t', begin);
    values.push_back(row.subspan(begin, std::min(end, row.size()) - begin));
    if (end == std::string_view::npos) {
      return;
    }
    begin = end + 1;
  }
}

void add_rows(RowTables& tables, const schema::Table& table, const Columns& columns, Side from, RowMatch& match) {
  const Names all = stored_columns(table);
  Picker key(all, columns.key);
  Picker value(all, columns.value);
  std::vector<base::ByteView> values;
  tables.rows(table.name, [&](base::ByteView row) {
    split(row, values);
    if (values.size() != all.size()) {
      base::fail({.code = "damaged_rows",
                  .exit = Exit::damaged,
                  .message = base::cat("a row of ", base::printable(table.name), " has ", values.size(),
                                       " values, and the table ", base::plural(all.size(), "column")),
                  .object = table.name,
                  .state = "nothing was changed",
                  .next = "`dbrollback verify` finds what is damaged"});
    }
    match.add(from, key.hash(values), value.hash(values));
  });
}

}  // namespace

database::RowDifference compare_rows(RowTables& a, RowTables& b, const std::string& table) {
  const schema::Table& in_a = *schema::find_table(a.schema(), table);
  const schema::Table& in_b = *schema::find_table(b.schema(), table);
  const Columns columns = columns_of(in_a, in_b);
  const database::Content content_a = a.content(table);
  const database::Content content_b = b.content(table);
  database::RowDifference out;
  if (columns.key.empty()) {
    out.compared_by = "not compared: the two have no column in common";
  } else if (content_a != content_b || stored_columns(in_a) != stored_columns(in_b)) {
    RowMatch match(content_a.rows + content_b.rows);
    add_rows(a, in_a, columns, Side::a, match);
    add_rows(b, in_b, columns, Side::b, match);
    out = match.finish();
    out.compared_by = columns.described;
  }
  return out;
}

}  // namespace dbrollback::compare
