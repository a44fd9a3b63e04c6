#include "engine/database/postgres/overwrite_tables.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/commit.hpp"
#include "engine/database/postgres/copy_parts.hpp"
#include "engine/database/postgres/foreign_keys.hpp"
#include "engine/database/postgres/load_tables.hpp"
#include "engine/database/postgres/needed_rights.hpp"
#include "engine/database/postgres/relations.hpp"
#include "engine/database/postgres/silent_triggers.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

// A snapshot's value of a sequence, where it is further than the live one's.
constexpr const char* behind_sql = R"(
SELECT s.oid::regclass FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid
JOIN pg_namespace n ON n.oid = s.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass
                AND d.deptype IN ('a', 'i')
WHERE n.nspname = $1 AND s.relname = $2 AND d.refobjid = ANY ($3::oid[])
  AND (pg_sequence_last_value(s.oid) IS NULL
       OR CASE WHEN q.seqincrement > 0 THEN pg_sequence_last_value(s.oid) < $4::bigint
               ELSE pg_sequence_last_value(s.oid) > $4::bigint END))";

// A chosen table, as the snapshot has it and as it is now.
struct Chosen {
  const TableFacts* facts = nullptr;
  std::size_t place = 0;  // in the snapshot's tables
  Relation now;
};

[[noreturn]] void refuse(const std::string& table, const std::string& why) {
  base::fail({.code = "table_not_restorable",
              .exit = Exit::refused,
              .message = cat("table ", printable(table), " cannot be restored alone: ", why),
              .object = table,
              .state = "nothing was changed",
              .next = "restore the whole snapshot beside the database with --into URL, and copy what you need from "
                      "there"});
}

class Overwriting {
 public:
  Overwriting(Connection& live, const StoredDatabase& stored, const std::vector<std::string>& tables,
              const TablesOptions& options)
      : live_(&live), stored_(&stored), options_(&options) {
    choose(tables);
  }

  TablesOverwritten run() {
    run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
    keys_ = foreign_keys_of(*live_, oids());
    lock();
    require_same_keys();
    if (options_->keep_state) {
      options_->keep_state();
    }
    count_known_orphans();
    silence();
    for (const Chosen& table : chosen_) {
      replace(table);
    }
    speak_again();
    advance_sequences();
    check_keys();
    base::reached("server's tables overwritten");
    commit(*live_, "the chosen tables hold all of the snapshot's rows, or all that they held");
    base::reached("server's tables committed");
    return std::move(done_);
  }

 private:
  void run(const std::string& sql) { (void)live_->execute(sql); }

  void choose(const std::vector<std::string>& names) {
    std::vector<Relation> relations = list_relations(*live_);
    read_columns(*live_, relations);
    for (const std::string& name : std::set<std::string>(names.begin(), names.end())) {
      const auto facts = std::ranges::find(*stored_->tables, name, &TableFacts::name);
      Chosen chosen{.facts = &*facts, .place = static_cast<std::size_t>(facts - stored_->tables->begin()), .now = {}};
      const auto now = std::ranges::find_if(relations, [&](const Relation& each) {
        return each.schema == facts->postgres->schema && each.name == facts->postgres->name;
      });
      if (now == relations.end() || now->kind != 'r') {
        refuse(name, "there is no such table now");
      }
      if (!now->extension.empty()) {
        refuse(name, cat("it is a part of the extension ", printable(now->extension)));
      }
      require_columns(*facts, *now);
      chosen.now = *now;
      chosen_.push_back(std::move(chosen));
    }
  }

  static void require_columns(const TableFacts& facts, const Relation& now) {
    for (const ColumnFacts& column : facts.columns) {
      const auto same = std::ranges::find(now.columns, column.name, &Column::name);
      if (same == now.columns.end() || same->generated) {
        refuse(facts.name, cat("it has no column ", printable(column.name), " to write to now"));
      }
      if (same->type != column.type) {
        refuse(facts.name, cat("its column ", printable(column.name), " was ", printable(column.type), " and is ",
                               printable(same->type)));
      }
    }
  }

  [[nodiscard]] std::vector<std::uint32_t> oids() const {
    std::vector<std::uint32_t> out(chosen_.size());
    std::ranges::transform(chosen_, out.begin(), [](const Chosen& table) { return table.now.oid; });
    return out;
  }

  // Rows that others write to tables at the other end of a foreign key could break it unseen.
  void lock() {
    std::set<std::string> ends;
    for (const ForeignKey& key : keys_) {
      ends.insert({key.table, key.referred});
    }
    std::vector<std::string> own;
    for (const Chosen& table : chosen_) {
      ends.erase(table.now.quoted());
      own.push_back(cat("ONLY ", table.now.quoted()));
    }
    run(cat("LOCK TABLE ", base::join(own, ", "), " IN SHARE ROW EXCLUSIVE MODE"));
    if (!ends.empty()) {
      run(cat("LOCK TABLE ", base::join(std::vector<std::string>(ends.begin(), ends.end()), ", "), " IN SHARE MODE"));
    }
  }

  // Between the first look and the locks somebody may have changed them.
  void require_same_keys() {
    const auto now = foreign_keys_of(*live_, oids());
    if (!std::ranges::equal(now, keys_, {}, &ForeignKey::orphans_sql, &ForeignKey::orphans_sql)) {
      base::fail({.code = "target_changed",
                  .exit = Exit::refused,
                  .message = "foreign keys of the chosen tables were changed while they were locked",
                  .object = live_->shown(),
                  .state = "nothing was changed",
                  .next = "run the command again"});
    }
  }

  // Of keys that are NOT VALID already; those count as little as before.
  void count_known_orphans() {
    for (const ForeignKey& key : keys_) {
      known_.push_back(key.valid ? 0 : count_orphans(*live_, key));
    }
  }

  // No trigger fires for what is restored, and no rule. Foreign keys are triggers too, which only this setting
  // silences; a role that may not set it has to drop them and make them again, under everybody who reads these tables.
  void silence() {
    silent_ = may_silence_all(*live_);
    if (silent_) {
      run("SET LOCAL session_replication_role = replica");
    } else {
      for (const ForeignKey& key : keys_) {
        drop_key(*live_, key);
      }
    }
    std::vector<const Relation*> tables(chosen_.size());
    std::ranges::transform(chosen_, tables.begin(), [](const Chosen& table) { return &table.now; });
    again_ = silence_triggers(*live_, tables);
  }

  void speak_again() {
    for (const std::string& sql : again_) {
      run(sql);
    }
  }

  void replace(const Chosen& table) {
    const std::string name = table.now.quoted();
    run(cat("DELETE FROM ONLY ", name));
    const auto runs = stored_->rows->runs();
    (void)live_->copy_in(copy_in_sql(load_table_of(*table.facts), stored_->encoding, false),
                         [&](const Connection::Put& put) {
                           for (std::size_t i = 0; i < runs.size(); ++i) {
                             if (runs[i].table == table.place) {
                               stored_->rows->read(i, put);
                             }
                           }
                         });
    if (options_->verify) {
      require_equal(table);
    }
    run(cat("ANALYZE ", name));
    done_.rows += table.facts->rows;
  }

  // What the table holds of the snapshot's columns, as this transaction sees it.
  void require_equal(const Chosen& table) {
    Relation stored = table.now;
    stored.columns.clear();
    for (const ColumnFacts& column : table.facts->columns) {
      stored.columns.push_back({.number = 0, .name = column.name, .type = column.type, .generated = false});
    }
    const Content content = content_of(*live_, copy_sql(stored, CopyPart{}, live_->encoding()));
    if (content.rows != table.facts->rows || to_hex(content.hash) != table.facts->hash) {
      base::fail({.code = "restored_differs",
                  .exit = Exit::failed,
                  .message = cat("what was restored into ", printable(table.facts->name),
                                 " is not what the snapshot holds: something on the server changes rows as they come"),
                  .object = table.facts->name,
                  .state = "nothing was changed",
                  .next = "`dbrollback diff` says what differs once it is restored with --into URL"});
    }
  }

  // Sequences are never set back: numbers that were given stay given.
  void advance_sequences() {
    std::string own;
    for (const std::uint32_t oid : oids()) {
      own += cat(own.empty() ? "{" : ",", oid);
    }
    for (const SequenceFacts& sequence : stored_->facts->sequences) {
      const auto name =
          !sequence.is_called
              ? std::nullopt
              : live_->value(behind_sql, {sequence.schema, sequence.name, own + "}", cat(sequence.last_value)});
      if (name) {
        run(cat("SELECT setval(", literal(*name), ", ", sequence.last_value, ")"));
      }
    }
  }

  void check_keys() {
    std::vector<bool> breaks;
    std::vector<std::string> broken;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const ForeignKey& key = keys_[i];
      const std::uint64_t orphans = count_orphans(*live_, key);
      breaks.push_back(orphans > known_[i]);
      if (breaks.back()) {
        broken.push_back(cat(key.table, " -> ", key.referred, " (", key.name, "): ", base::plural(orphans, "row")));
        done_.unchecked_keys.push_back(cat(key.name, " of ", key.table));
      }
    }
    if (!broken.empty() && !options_->allow_orphans) {
      refuse_orphans(broken);
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const bool is_broken_now = breaks[i] && keys_[i].valid;
      if (silent_ && is_broken_now) {
        drop_key(*live_, keys_[i]);
      }
      if (!silent_ || is_broken_now) {
        add_key(*live_, keys_[i], breaks[i]);
      }
    }
  }

  [[noreturn]] static void refuse_orphans(const std::vector<std::string>& broken) {
    base::fail({.code = "orphans",
                .exit = Exit::refused,
                .message = cat("rows would refer to rows that are not there: ", printable(base::join(broken, "; "))),
                .object = broken.front(),
                .state = "nothing was changed",
                .next = "choose the other tables too, or restore all the same with --allow-orphans, which leaves these "
                        "foreign keys NOT VALID"});
  }

  Connection* live_;
  const StoredDatabase* stored_;
  const TablesOptions* options_;
  std::vector<Chosen> chosen_;
  std::vector<ForeignKey> keys_;
  std::vector<std::uint64_t> known_;  // rows that break each of them already
  bool silent_ = false;
  std::vector<std::string> again_;  // statements that let the triggers fire again
  TablesOverwritten done_;
};

}  // namespace

TablesOverwritten overwrite_tables(Connection& live, const StoredDatabase& stored,
                                   const std::vector<std::string>& tables, const TablesOptions& options) {
  return Overwriting(live, stored, tables, options).run();
}

}  // namespace dbrollback::database::postgres
