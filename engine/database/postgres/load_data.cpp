#include "engine/database/postgres/load_data.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/copy_parts.hpp"
#include "engine/database/postgres/describe.hpp"
#include "engine/database/postgres/errors.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/load_order.hpp"
#include "engine/database/postgres/load_tables.hpp"
#include "engine/database/postgres/refresh_views.hpp"
#include "engine/database/postgres/set_sequences.hpp"
#include "engine/database/postgres/silent_triggers.hpp"
#include "engine/database/role_names.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

constexpr std::size_t statements_at_once = 500;

std::vector<std::string> columns_of(const Relation& relation) {
  std::vector<std::string> out;
  for (const Column& column : relation.columns) {
    if (!column.generated) {
      out.push_back(column.name);
    }
  }
  return out;
}

// What the target has for each of the snapshot's tables, and what is wrong with it.
class Target {
 public:
  Target(Connection& connection, const StoredFacts& stored)
      : connection_(&connection), stored_(&stored), relations_(list_relations(connection)) {
    read_columns(connection, relations_);
    for (Relation& relation : relations_) {
      by_name_[{relation.schema, relation.name}] = &relation;
    }
    look_for_tables();
    look_for_others();
  }

  // Without those of large objects.
  struct Table {
    std::size_t place = 0;  // in the snapshot's
    const Relation* relation = nullptr;
  };

  [[nodiscard]] const std::vector<Table>& tables() const { return tables_; }
  [[nodiscard]] const std::vector<std::string>& wrong() const { return wrong_; }
  [[nodiscard]] bool has_objects() const { return has_objects_; }  // the snapshot
  // In that order tables are loaded; `unchecked`: without a look at their foreign keys.
  [[nodiscard]] bool unchecked() const { return unchecked_; }
  [[nodiscard]] const std::vector<std::size_t>& order() const { return order_; }

  // Rows that are there and would be mixed with those of the snapshot.
  void look_for_rows() {
    for (const Table& table : tables_) {
      const std::string sql = cat("SELECT 1 FROM ONLY ", table.relation->quoted(), " LIMIT 1");
      if (!table.relation->configuration && connection_->value(sql)) {
        wrong_.push_back(cat("table ", name_of(table), " is not empty"));
      }
    }
    if (has_objects_ && connection_->value("SELECT 1 FROM pg_largeobject_metadata LIMIT 1")) {
      wrong_.emplace_back("there are large objects already");
    }
  }

  void look_at_keys() {
    std::vector<std::uint32_t> oids;
    for (const Table& table : tables_) {
      oids.push_back(table.relation->oid);
    }
    LoadOrder found = load_order(*connection_, oids);
    order_ = std::move(found.order);
    if (found.circle.empty()) {
      return;
    }
    const bool is_super =
        connection_->value("SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper").has_value();
    unchecked_ = is_super && !stored_->partial;
    if (!unchecked_) {
      std::vector<std::string> names;
      for (const std::size_t place : found.circle) {
        names.push_back(name_of(tables_[place]));
      }
      wrong_.push_back(cat("foreign keys that are not deferrable go in a circle, through or to ",
                           base::join(names, ", "),
                           is_super ? ", and of a snapshot of chosen tables they must be checked"
                                    : ": only a superuser can load such tables"));
    }
  }

  [[nodiscard]] std::string name_of(const Table& table) const {
    return printable((*stored_->tables)[table.place].name);
  }

 private:
  const Relation* find(const std::string& schema, const std::string& name) const {
    const auto at = by_name_.find({schema, name});
    return at == by_name_.end() ? nullptr : at->second;
  }

  void look_for_tables() {
    const auto& tables = *stored_->tables;
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (holds_large_objects(*tables[i].postgres)) {
        has_objects_ = true;
        continue;
      }
      const Relation* relation = find(tables[i].postgres->schema, tables[i].postgres->name);
      if (relation == nullptr || !relation->has_rows()) {
        wrong_.push_back(cat("there is no table ", printable(tables[i].name)));
      } else if (columns_of(*relation) != load_table_of(tables[i]).columns) {
        wrong_.push_back(cat("table ", printable(tables[i].name), " has other columns"));
      } else {
        tables_.push_back({.place = i, .relation = relation});
      }
    }
  }

  void look_for_others() {
    for (const SequenceFacts& sequence : stored_->facts->sequences) {
      const Relation* relation = find(sequence.schema, sequence.name);
      if (relation == nullptr || relation->kind != 'S') {
        wrong_.push_back(cat("there is no sequence ", printable(shown_name(sequence.schema, sequence.name))));
      }
    }
    for (const MaterializedViewFacts& view : stored_->facts->materialized_views) {
      const Relation* relation = find(view.schema, view.name);
      if (relation == nullptr || relation->kind != 'm') {
        wrong_.push_back(cat("there is no materialized view ", printable(shown_name(view.schema, view.name))));
      }
    }
  }

  Connection* connection_;
  const StoredFacts* stored_;
  std::vector<Relation> relations_;
  std::map<std::pair<std::string, std::string>, const Relation*> by_name_;
  std::vector<Table> tables_;
  std::vector<std::string> wrong_;
  std::vector<std::size_t> order_;
  bool has_objects_ = false;
  bool unchecked_ = false;
};

class DataLoad {
 public:
  DataLoad(const Parameters& parameters, const StoredDatabase& stored, const LoadOptions& options)
      : parameters_(parameters),
        stored_(&stored),
        options_(&options),
        connection_(parameters, {.lock_timeout = options.build.lock_timeout, .tick = options.build.tick}) {}

  std::vector<std::string> run() {
    (void)connection_.execute("BEGIN");
    lock();
    prepare();
    load_objects();
    try {
      load_rows();
      finish();
    } catch (...) {
      remove_objects();
      throw;
    }
    commit();
    return target_->unchecked() ? std::vector<std::string>{"foreign keys were not checked: some go in a circle"}
                                : std::vector<std::string>();
  }

 private:
  void say(std::string_view phase) const {
    if (options_->build.progress) {
      options_->build.progress(phase, bytes_);
    }
  }

  [[noreturn]] void refuse(const std::vector<std::string>& wrong) const {
    base::fail({.code = "not_loadable",
                .exit = Exit::refused,
                .message = cat("the data cannot be loaded into ", printable(connection_.shown()), ": ",
                               base::join(wrong, "; ")),
                .object = connection_.shown(),
                .state = {},
                .next = "restore the schema into a new database first, with --schema-only"});
  }

  StoredFacts facts() const {
    return {.facts = stored_->facts, .tables = stored_->tables, .partial = options_->partial};
  }

  // Nobody else writes from here on.
  void lock() {
    const StoredFacts stored = facts();
    const Target found(connection_, stored);
    if (!found.wrong().empty()) {
      refuse(found.wrong());
    }
    std::vector<std::string> names;
    for (const auto& table : found.tables()) {
      names.push_back(cat("ONLY ", table.relation->quoted()));
    }
    for (std::size_t first = 0; first < names.size(); first += statements_at_once) {
      const auto begin = names.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(first + statements_at_once, names.size()));
      (void)connection_.execute(cat("LOCK TABLE ", base::join({begin, end}, ", "), " IN SHARE ROW EXCLUSIVE MODE"));
    }
  }

  void prepare() {
    stored_facts_ = facts();
    target_.emplace(connection_, stored_facts_);
    target_->look_for_rows();
    target_->look_at_keys();
    if (!target_->wrong().empty()) {
      refuse(target_->wrong());
    }
    (void)connection_.execute("SET CONSTRAINTS ALL DEFERRED");
    if (target_->unchecked()) {
      (void)connection_.execute("SET LOCAL session_replication_role = replica");
    }
    std::vector<const Relation*> tables(target_->tables().size());
    std::ranges::transform(target_->tables(), tables.begin(),
                           [](const Target::Table& table) { return table.relation; });
    on_again_ = silence_triggers(connection_, tables);
  }

  // These make transactions of their own. There was none of them.
  void load_objects() {
    if (target_->has_objects()) {
      Connection session(parameters_, {.lock_timeout = options_->build.lock_timeout, .tick = options_->build.tick});
      SessionStatements statements(session);
      try {
        load_large_objects(statements, *stored_, options_->build.roles, [&](std::uint64_t bytes) {
          bytes_ = bytes;
          say("loading large objects");
        });
      } catch (...) {
        remove_objects();
        throw;
      }
      bytes_ = 0;
    }
  }

  // Of what the snapshot has, whatever there is.
  void remove_objects() const {
    if (!target_->has_objects()) {
      return;
    }
    try {
      Connection session(parameters_, {.lock_timeout = options_->build.lock_timeout, .tick = {}});
      std::string numbers;
      std::size_t waiting = 0;
      const auto unlink = [&] {
        if (waiting > 0) {
          (void)session.execute("SELECT count(lo_unlink(oid)) FROM pg_largeobject_metadata WHERE oid = ANY ($1::oid[])",
                                {cat("{", numbers, "}")});
        }
        numbers.clear();
        waiting = 0;
      };
      for (const std::string& number : stored_objects()) {
        numbers += cat(numbers.empty() ? "" : ",", number);
        if (++waiting == statements_at_once) {
          unlink();
        }
      }
      unlink();
    } catch (const Error&) {  // the failure before it matters more
    }
  }

  // The first column of the table that names them.
  std::vector<std::string> stored_objects() const {
    std::vector<std::string> out;
    const auto runs = stored_->rows->runs();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const PostgresTableFacts& table = *(*stored_->tables)[runs[i].table].postgres;
      if (!holds_large_objects(table) || table.name != large_object_tables[0]) {
        continue;
      }
      std::string text;
      stored_->rows->read(i, [&](base::ByteView bytes) { text += base::text_of(bytes); });
      for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        out.push_back(text.substr(at, text.find_first_not_of("0123456789", at) - at));
      }
    }
    return out;
  }

  void load_rows() {
    const auto runs = stored_->rows->runs();
    std::map<std::size_t, std::vector<std::size_t>> runs_of;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      runs_of[runs[i].table].push_back(i);
    }
    for (const std::size_t place : target_->order()) {
      const Target::Table& table = target_->tables()[place];
      try {
        load(table, runs_of[table.place]);
      } catch (const Error& error) {
        if (error.info().object != connection_.shown()) {  // not the server's: it names what it is about
          throw;
        }
        throw failure_of(cat("table ", table.relation->quoted()), error);
      }
    }
    (void)connection_.execute("SET CONSTRAINTS ALL IMMEDIATE");
  }

  void load(const Target::Table& table, const std::vector<std::size_t>& runs) {
    if (table.relation->configuration) {  // those that CREATE EXTENSION made are among the snapshot's
      const std::string chosen = cat("FROM ONLY ", table.relation->quoted(), " ", table.relation->filter);
      if (connection_.value(cat("SELECT 1 ", chosen, " LIMIT 1"))) {
        (void)connection_.execute(cat("DELETE ", chosen));
      }
    }
    if (runs.empty()) {
      return;
    }
    const LoadTable into = load_table_of((*stored_->tables)[table.place]);
    (void)connection_.copy_in(copy_in_sql(into, stored_->encoding, false), [&](const Connection::Put& put) {
      for (const std::size_t run : runs) {
        stored_->rows->read(run, [&](base::ByteView bytes) {
          put(bytes);
          bytes_ += bytes.size();
          say("loading rows");
        });
      }
    });
  }

  void finish() {
    if (options_->verify) {
      compare();
    }
    for (const std::string& statement : on_again_) {
      (void)connection_.execute(statement);
    }
    say("refreshing materialized views");
    SessionStatements statements(connection_, SessionStatements::Transactions::callers);
    refresh_views(statements, stored_->facts->materialized_views);
    say("analyzing");
    for (const auto& table : target_->tables()) {
      (void)connection_.execute(cat("ANALYZE ", table.relation->quoted()));
    }
    say("setting sequences");
    set_sequences(statements, stored_->facts->sequences);
  }

  // From here on a failure does not say that nothing is there.
  void commit() {
    try {
      (void)connection_.execute("COMMIT");
    } catch (const Error& error) {
      ErrorInfo info = error.info();
      info.exit = Exit::partial;
      info.state = "the server's answer was lost: the rows are all there, or none of them is; large objects are there";
      info.next = "look whether the tables are empty";
      base::fail(std::move(info));
    }
  }

  void compare() {
    say("comparing rows");
    for (const auto& table : target_->tables()) {
      compare((*stored_->tables)[table.place], *table.relation);
    }
    if (target_->has_objects()) {
      for (const Relation& relation : large_object_relations(connection_)) {
        for (const TableFacts& table : *stored_->tables) {
          const bool is_it = holds_large_objects(*table.postgres) && table.postgres->name == relation.name;
          // Owners and grants are among the columns.
          const bool is_same = !rows_name_roles(*table.postgres) || options_->build.roles.as_stored();
          if (is_it && is_same) {
            compare(table, relation);
          }
        }
      }
    }
  }

  void compare(const TableFacts& table, const Relation& relation) {
    const Content found = content_of(connection_, copy_sql(relation, CopyPart{}, stored_->encoding));
    if (found.rows != table.rows || to_hex(found.hash) != table.hash) {
      base::fail(
          {.code = "restored_differs",
           .exit = Exit::damaged,
           .message = cat("what was loaded is not what the snapshot holds: table ", printable(table.name), " has ",
                          found.rows == table.rows ? "other rows"
                                                   : cat(base::plural(found.rows, "row"), " instead of ", table.rows)),
           .object = table.name,
           .state = {},
           .next = "compare the table's definition with the snapshot's: the schemas are not the same"});
    }
  }

  Parameters parameters_;
  const StoredDatabase* stored_;
  const LoadOptions* options_;
  Connection connection_;
  StoredFacts stored_facts_;
  std::optional<Target> target_;
  std::vector<std::string> on_again_;  // statements
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::vector<std::string> not_loadable(Connection& connection, const StoredFacts& stored) {
  Target target(connection, stored);
  target.look_for_rows();
  target.look_at_keys();
  return target.wrong();
}

std::vector<std::string> load_data(const Parameters& target, const StoredDatabase& stored, const LoadOptions& options) {
  try {
    return DataLoad(target, stored, options).run();
  } catch (const Error& error) {
    if (error.exit() == Exit::partial) {
      throw;
    }
    ErrorInfo info = error.info();
    info.state = "no row and no large object was stored";
    throw Error(std::move(info));
  }
}

}  // namespace dbrollback::database::postgres
