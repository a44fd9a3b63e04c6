// Replacing chosen tables of a live database, in one transaction: triggers do not fire, foreign keys are not enforced
// row by row but checked as a whole before the commit.
#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/describe.hpp"
#include "engine/database/sqlite/integrity.hpp"
#include "engine/database/sqlite/rows.hpp"
#include "engine/database/sqlite/sqlite_database.hpp"
#include "engine/database/sqlite/sqlite_view.hpp"

namespace dbrollback::database::sqlite {

using base::cat;
using base::printable;

namespace {

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
    refuse_another_encoding();
    attach();
    target_.execute("BEGIN IMMEDIATE");
    if (options_->keep_state) {
      options_->keep_state();
    }
    const References before = check_references(target_);
    try {
      for (const auto& table : *tables_) {
        replace(table);
      }
      refuse_new_orphans(before);
      base::reached("tables overwritten");
      target_.execute("COMMIT");
      base::reached("tables committed");
    } catch (const Error&) {
      vfs_.rethrow();
      throw;
    }
  }

 private:
  void refuse_another_encoding() {
    Connection snapshot("snapshot", SQLITE_OPEN_READONLY, options_->lock_timeout, vfs_.name());
    const auto then = snapshot.value("PRAGMA encoding");
    const auto now = target_.value("PRAGMA encoding");
    if (then != now) {
      refuse(target_.path(),
             cat("the snapshot's text encoding is ", then.value_or(""), ", that of ", printable(target_.path()), " is ",
                 now.value_or(""), ": tables cannot be restored alone from one into the other"));
    }
  }

  [[noreturn]] static void refuse(const std::string& object, const std::string& why) {
    base::fail(
        {.code = "table_not_restorable",
         .exit = Exit::refused,
         .message = why,
         .object = object,
         .state = "nothing was changed",
         .next = "restore the whole snapshot beside the database with --into, and copy what you need from there"});
  }

  // An index in the order of our bytes would be damage to the application.
  void refuse_unknown_order(const std::string& table) {
    Statement collations(target_,
                         "SELECT DISTINCT x.coll FROM pragma_index_list(?1, 'main') i, "
                         "pragma_index_xinfo(i.name, 'main') x");
    collations.bind(1, table);
    while (collations.step()) {
      if (target_.is_unknown_collation(collations.text(0))) {
        refuse(table, cat("table ", printable(table), " cannot be restored alone: an index of it is ordered by ",
                          printable(collations.text(0)), ", a collation that only the application has"));
      }
    }
  }

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
    const std::int64_t highest = std::max(highest_id("main", table), highest_id("snapshot", table));
    if (rebuild) {
      target_.execute("DROP TABLE IF EXISTS main." + quote(table));
      target_.execute(then.table_sql);
    } else {
      target_.execute("DELETE FROM main." + quote(table));
    }
    const std::string columns = columns_of(table);
    target_.execute(
        cat("INSERT INTO main.", quote(table), "(", columns, ") SELECT ", columns, " FROM snapshot.", quote(table)));
    if (rebuild) {
      for (const auto& sql : then.others) {
        target_.execute(sql);
      }
    }
    keep_highest_id(table, highest);
    refuse_unknown_order(table);
  }

  // Every column with data of its own, and the rowid where no column is it.
  std::string columns_of(const std::string& table) {
    std::string list;
    std::set<std::string> names;
    Statement columns(target_, "SELECT name, hidden FROM pragma_table_xinfo(?1, 'snapshot') ORDER BY cid");
    columns.bind(1, table);
    while (columns.step()) {
      std::string lower = columns.text(0);
      std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      names.insert(lower);
      if (columns.integer(1) == 0) {
        list += cat(list.empty() ? "" : ", ", quote(columns.text(0)));
      }
    }
    if (has_rowid_of_its_own(table)) {
      for (const char* alias : {"rowid", "_rowid_", "oid"}) {
        if (!names.contains(alias)) {
          return cat(alias, ", ", list);
        }
      }
    }
    return list;
  }

  // False for a table without rowids, and where a column is another name for it. That column's key needs no index.
  bool has_rowid_of_its_own(const std::string& table) {
    Statement kind(
        target_,
        "SELECT EXISTS (SELECT 1 FROM pragma_table_list WHERE schema = 'snapshot' AND name = ?1 COLLATE NOCASE "
        "AND wr <> 0), EXISTS (SELECT 1 FROM pragma_table_xinfo(?1, 'snapshot') WHERE pk > 0) AND NOT EXISTS "
        "(SELECT 1 FROM pragma_index_list(?1, 'snapshot') WHERE origin = 'pk')");
    kind.bind(1, table);
    return kind.step() && kind.integer(0) == 0 && kind.integer(1) == 0;
  }

  // The last id that AUTOINCREMENT gave in a table; 0 for none.
  std::int64_t highest_id(const std::string& schema, const std::string& table) {
    if (target_.integer(cat("SELECT count(*) FROM ", schema, ".sqlite_schema WHERE name = 'sqlite_sequence'")) == 0) {
      return 0;
    }
    Statement highest(target_, cat("SELECT max(seq) FROM ", schema, ".sqlite_sequence WHERE name = ?1 COLLATE NOCASE"));
    highest.bind(1, table);
    return highest.step() ? highest.integer(0) : 0;
  }

  // AUTOINCREMENT never gives an id twice: the counter only goes up.
  void keep_highest_id(const std::string& table, std::int64_t highest) {
    int counts = 0;
    (void)sqlite3_table_column_metadata(target_.handle(), "main", table.c_str(), "rowid", nullptr, nullptr, nullptr,
                                        nullptr, &counts);
    if (counts == 0 || highest_id("main", table) >= highest) {
      return;
    }
    Statement forget(target_, "DELETE FROM main.sqlite_sequence WHERE name = ?1 COLLATE NOCASE");
    forget.bind(1, table);
    (void)forget.step();
    Statement keep(target_, cat("INSERT INTO main.sqlite_sequence(name, seq) VALUES (?1, ", highest, ")"));
    keep.bind(1, table);
    (void)keep.step();
  }

  void refuse_new_orphans(const References& before) {
    std::vector<std::string> found;
    for (const auto& [reference, rows] : check_references(target_).orphans) {
      const auto at = before.orphans.find(reference);
      References::Rows more;
      std::ranges::set_difference(rows, at == before.orphans.end() ? References::Rows() : at->second,
                                  std::back_inserter(more));
      if (!more.empty()) {
        found.push_back(cat(printable(reference.first), " -> ", printable(reference.second), ": ", more.size()));
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
