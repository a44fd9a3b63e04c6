// Replacing chosen tables of a live database, in one transaction: triggers do not fire, foreign keys are not enforced
// row by row but checked as a whole before the commit.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/describe.hpp"
#include "engine/database/sqlite/rows.hpp"
#include "engine/database/sqlite/sqlite_database.hpp"
#include "engine/database/sqlite/sqlite_view.hpp"

namespace dbrollback::database::sqlite {

using base::cat;
using base::printable;

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return sqlite3_strnicmp(a.data(), b.data(), static_cast<int>(std::max(a.size(), b.size()))) == 0 && a.size() == b.size();
}

class TablesOverwrite {
 public:
  TablesOverwrite(const std::filesystem::path& file, PageSource& source, const std::vector<std::string>& tables,
                  const TablesOptions& options)
      : tables_(&tables),
        options_(&options),
        vfs_(source),
        target_(file.native(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, options.lock_timeout) {
    target_.set_tick(options.tick);
  }

  void run() {
    (void)sqlite3_db_config(target_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    target_.execute("PRAGMA foreign_keys=OFF");
    attach();
    target_.execute("BEGIN IMMEDIATE");
    if (options_->keep_state) {
      options_->keep_state();
    }
    const auto before = orphans();
    try {
      for (const auto& table : *tables_) {
        replace(table);
      }
      refuse_new_orphans(before);
      target_.execute("COMMIT");
    } catch (const Error&) {
      vfs_.rethrow();
      throw;
    }
  }

 private:
  void attach() {
    Statement attach(target_, "ATTACH ?1 AS snapshot");
    attach.bind(1, cat("file:snapshot?vfs=", vfs_.name()));
    (void)attach.step();
  }

  struct Definition {
    std::string table_sql;
    std::vector<std::string> others;  // indexes and triggers, in the order of their creation
    bool operator==(const Definition&) const = default;
  };

  Definition definition(const std::string& schema, const std::string& table) {
    Definition out;
    Statement objects(target_, cat("SELECT type, sql FROM ", schema,
                                   ".sqlite_schema WHERE tbl_name = ?1 COLLATE NOCASE AND sql IS NOT NULL "
                                   "AND type IN ('table', 'index', 'trigger') ORDER BY rowid"));
    objects.bind(1, table);
    while (objects.step()) {
      if (objects.text(0) == "table") {
        out.table_sql = objects.text(1);
      } else {
        out.others.push_back(objects.text(1));
      }
    }
    return out;
  }

  void replace(const std::string& table) {
    const Definition then = definition("snapshot", table);
    const Definition now = definition("main", table);
    const bool rebuild = then != now;
    if (rebuild) {
      target_.execute("DROP TABLE IF EXISTS main." + quote(table));
      target_.execute(then.table_sql);
    } else {
      target_.execute("DELETE FROM main." + quote(table));
    }
    const std::string columns = columns_of(table);
    target_.execute(cat("INSERT INTO main.", quote(table), "(", columns, ") SELECT ", columns, " FROM snapshot.",
                        quote(table)));
    if (rebuild) {
      for (const auto& sql : then.others) {
        target_.execute(sql);
      }
    }
    keep_highest_id(table);
  }

  // Every column with data of its own, and the rowid where no column is it.
  std::string columns_of(const std::string& table) {
    std::string list;
    std::set<std::string> names;
    std::vector<std::string> key_types;
    Statement columns(target_, "SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1, 'snapshot') ORDER BY cid");
    columns.bind(1, table);
    while (columns.step()) {
      std::string lower = columns.text(0);
      std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      names.insert(lower);
      if (columns.integer(2) > 0) {
        key_types.push_back(columns.text(1));
      }
      if (columns.integer(3) == 0) {
        list += cat(list.empty() ? "" : ", ", quote(columns.text(0)));
      }
    }
    const bool key_is_rowid = key_types.size() == 1 && equal_ignoring_case(key_types.front(), "INTEGER");
    Statement kind(target_, "SELECT wr FROM pragma_table_list WHERE schema = 'snapshot' AND name = ?1 COLLATE NOCASE");
    kind.bind(1, table);
    const bool without_rowid = kind.step() && kind.integer(0) != 0;
    if (!key_is_rowid && !without_rowid) {
      for (const char* alias : {"rowid", "_rowid_", "oid"}) {
        if (!names.contains(alias)) {
          return cat(alias, ", ", list);
        }
      }
    }
    return list;
  }

  // AUTOINCREMENT never gives an id twice: the counter only goes up.
  void keep_highest_id(const std::string& table) {
    const auto has = [&](const char* schema) {
      return target_.integer(cat("SELECT count(*) FROM ", schema, ".sqlite_schema WHERE name = 'sqlite_sequence'")) != 0;
    };
    if (!has("main") || !has("snapshot")) {
      return;
    }
    Statement update(target_,
                     "UPDATE main.sqlite_sequence SET seq = max(seq, coalesce((SELECT s.seq FROM snapshot.sqlite_sequence s "
                     "WHERE s.name = ?1 COLLATE NOCASE), 0)) WHERE name = ?1 COLLATE NOCASE");
    update.bind(1, table);
    (void)update.step();
  }

  std::map<std::string, std::int64_t> orphans() {
    std::map<std::string, std::int64_t> counts;
    Statement check(target_, "SELECT \"table\" || ' -> ' || parent, count(*) FROM pragma_foreign_key_check "
                             "WHERE schema = 'main' GROUP BY 1");
    while (check.step()) {
      counts[check.text(0)] = check.integer(1);
    }
    return counts;
  }

  void refuse_new_orphans(const std::map<std::string, std::int64_t>& before) {
    std::vector<std::string> found;
    for (const auto& [reference, count] : orphans()) {
      const auto at = before.find(reference);
      const std::int64_t more = count - (at == before.end() ? 0 : at->second);
      if (more > 0) {
        found.push_back(cat(printable(reference), ": ", more));
      }
    }
    if (!found.empty() && !options_->allow_orphans) {
      base::fail({.code = "orphans",
                  .exit = Exit::refused,
                  .message = cat("restoring only these tables would leave rows that refer to nothing: ",
                                 base::join(found, "; ")),
                  .object = target_.path(),
                  .state = "nothing was changed",
                  .next = "name the other tables too, or give --allow-orphans"});
    }
  }

  const std::vector<std::string>* tables_;
  const TablesOptions* options_;
  PageVfs vfs_;
  Connection target_;
};

}  // namespace

void SqliteDatabase::overwrite_tables(PageSource& source, const std::vector<std::string>& tables,
                                      const TablesOptions& options) {
  TablesOverwrite(file_, source, tables, options).run();
}

}  // namespace dbrollback::database::sqlite
