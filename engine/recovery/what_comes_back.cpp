#include "engine/recovery/what_comes_back.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "schema/diff.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;
using Loss = Rehearsal::Loss;

namespace {

std::uint64_t hash_of_field(const std::optional<std::string>& field) {
  constexpr std::uint64_t null = 0x6E756C6C;
  return field ? base::xxh3_64(base::bytes_of(*field)) : null;
}

// A column's value as what tells it from all others: in a file 7 is not '7', and a real has more digits than its text.
std::string sql_value(schema::Dialect dialect, const std::string& name) {
  return dialect == schema::Dialect::postgres
             ? name
             : cat("CASE typeof(", name, ") WHEN 'null' THEN NULL WHEN 'real' THEN quote(", name, ") ELSE typeof(",
                   name, ") || ", name, " END");
}

struct KeyHash {
  std::size_t operator()(const base::Hash128& key) const { return key.low; }
};

// The rows of a table by their keys, each with a hash of every other column. Without a key the row is its own.
class Rows {
 public:
  Rows(database::ScriptSession& session, const std::string& table, const std::vector<std::string>& key,
       const std::vector<std::string>& columns)
      : columns_(columns.size()), is_keyed_(!key.empty()) {
    std::vector<std::string> names;
    for (const auto* each : {&key, &columns}) {
      for (const std::string& name : *each) {
        names.push_back(sql_value(session.dialect(), schema::sql_name(name)));
      }
    }
    session.each_row(cat("SELECT ", base::join(names, ", "), " FROM ", table),
                     [&](const schema::Row& row) { add(row, key.size()); });
  }

  // How many rows of this one are not in `other`, and in which columns those differ that are in both.
  struct Difference {
    std::uint64_t missing = 0;
    std::vector<std::uint64_t> by_column;
  };
  [[nodiscard]] Difference difference(const Rows& other) const {
    Difference out{.missing = 0, .by_column = std::vector<std::uint64_t>(columns_)};
    for (const auto& [key, mine] : rows_) {
      const auto theirs = other.rows_.find(key);
      if (theirs == other.rows_.end()) {
        out.missing += mine.count;
        continue;
      }
      out.missing += mine.count > theirs->second.count ? mine.count - theirs->second.count : 0;
      for (std::size_t i = 0; is_keyed_ && i < columns_; ++i) {
        out.by_column[i] += mine.hashes[i] != theirs->second.hashes[i] ? 1U : 0U;
      }
    }
    return out;
  }

 private:
  struct Entry {
    std::uint64_t count = 0;
    std::vector<std::uint64_t> hashes;
  };

  void add(const schema::Row& row, std::size_t key_size) {
    base::Hasher key;
    for (std::size_t i = 0; i < (is_keyed_ ? key_size : row.size()); ++i) {
      const std::uint64_t hash = hash_of_field(row[i]);
      key.update(std::as_bytes(std::span(&hash, 1)));
    }
    Entry& entry = rows_[key.digest()];
    ++entry.count;
    if (is_keyed_) {
      entry.hashes.clear();
      for (std::size_t i = key_size; i < row.size(); ++i) {
        entry.hashes.push_back(hash_of_field(row[i]));
      }
    }
  }

  std::size_t columns_;
  bool is_keyed_;
  std::unordered_map<base::Hash128, Entry, KeyHash> rows_;
};

bool has_column(const schema::Table& table, const std::string& name) {
  return std::ranges::find(table.columns, name, &schema::Column::name) != table.columns.end();
}

// As SQL names it, without the tables that inherit from it: a server's tables carry their schema, quoted where it has
// to be.
std::string sql_table(database::ScriptSession& session, const std::string& name) {
  return session.dialect() == schema::Dialect::sqlite ? schema::sql_name(name) : cat("ONLY ", name);
}

class Comparison {
 public:
  Comparison(database::Trial& was, database::Trial& is, const database::Tick& tick) : tick_(tick) {
    {
      const auto view = was.open_view();
      was_ = view->describe().schema;
    }
    {
      const auto view = is.open_view();
      is_ = view->describe().schema;
    }
    was_session_ = was.open_session();
    is_session_ = is.open_session();
  }

  std::vector<Loss> run() {
    for (const schema::Change& change : schema::diff(was_, is_)) {
      out_.push_back({.object = change.object, .problem = change.change, .rows = 0});
      if (is_reordered(change)) {
        out_.back().problem += ": its columns are in another order";
      }
    }
    for (const schema::Table& table : was_.tables) {
      if (table.name.starts_with("sqlite_")) {
        continue;
      }
      tick_();
      const schema::Table* now = schema::find_table(is_, table.name);
      if (now == nullptr) {
        add(table.name, "", count(*was_session_, table.name), "row", "lost, with their table");
      } else {
        compare(table, *now);
      }
    }
    return std::move(out_);
  }

 private:
  // A column that was dropped and comes back is the last one.
  [[nodiscard]] bool is_reordered(const schema::Change& change) const {
    return change.change == "definition changed" && std::ranges::any_of(was_.tables, [&](const schema::Table& then) {
             const schema::Table* now = schema::find_table(is_, then.name);
             return change.object == cat("table \"", then.name, "\"") && now != nullptr && then.columns != now->columns;
           });
  }

  static std::uint64_t count(database::ScriptSession& session, const std::string& table) {
    const auto rows = session.rows(cat("SELECT count(*) FROM ", sql_table(session, table)));
    return std::stoull(rows.at(0).at(0).value_or("0"));
  }

  void add(const std::string& table, const std::string& column, std::uint64_t rows, std::string_view what,
           std::string_view fate) {
    if (rows > 0) {
      out_.push_back({.object = cat("table \"", table, column.empty() ? "\"" : cat("\", column \"", column, "\"")),
                      .problem = cat(base::plural(rows, what), " ", fate),
                      .rows = rows});
    }
  }

  void compare(const schema::Table& then, const schema::Table& now) {
    const bool has_key = !then.key.empty() && then.key == now.key;
    const std::vector<std::string> key = has_key ? then.key : std::vector<std::string>();
    std::vector<std::string> both;
    for (const schema::Column& column : then.columns) {
      if (column.generated || std::ranges::find(key, column.name) != key.end()) {
        continue;
      }
      if (has_column(now, column.name)) {
        both.push_back(column.name);
      } else {
        add(then.name, column.name, values(then.name, column.name), "value", "lost, with their column");
      }
    }
    if (both.empty() && key.empty()) {
      return;
    }
    const Rows before(*was_session_, sql_table(*was_session_, then.name), key, both);
    const Rows after(*is_session_, sql_table(*is_session_, now.name), key, both);
    const Rows::Difference lost = before.difference(after);
    const std::uint64_t added = after.difference(before).missing;
    add(then.name, "", lost.missing, "row", has_key ? "lost" : "lost or changed");
    for (std::size_t i = 0; has_key && i < both.size(); ++i) {
      add(then.name, both[i], lost.by_column[i], "value", "changed");
    }
    // Without a key, a row that changed is another one.
    add(then.name, "", has_key ? added : added - std::min(added, lost.missing), "row", "too many");
  }

  std::uint64_t values(const std::string& table, const std::string& column) {
    const auto rows =
        was_session_->rows(cat("SELECT count(", schema::sql_name(column), ") FROM ", sql_table(*was_session_, table)));
    return std::stoull(rows.at(0).at(0).value_or("0"));
  }

  const database::Tick& tick_;
  schema::Schema was_;
  schema::Schema is_;
  std::unique_ptr<database::ScriptSession> was_session_;
  std::unique_ptr<database::ScriptSession> is_session_;
  std::vector<Loss> out_;
};

}  // namespace

std::vector<Loss> what_is_lost(database::Trial& was, database::Trial& is, const database::Tick& tick) {
  return Comparison(was, is, tick).run();
}

}  // namespace dbrollback::recovery
