#include "engine/database/postgres/fill_database.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.hpp"
#include "engine/database/postgres/analyze_tables.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/load_tables.hpp"
#include "engine/database/postgres/refresh_views.hpp"
#include "engine/database/postgres/relations.hpp"
#include "engine/database/postgres/schema_archive.hpp"
#include "engine/database/postgres/set_sequences.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// An index is sorted in this, in each session that builds one; a server that is told more keeps its own.
constexpr std::int64_t index_memory_kb = 256 << 10;

constexpr int open_until = 150000;

constexpr const char* session_sql = R"(
SELECT (SELECT setting FROM pg_settings WHERE name = 'maintenance_work_mem'), rolsuper
FROM pg_roles WHERE rolname = current_user)";

// Without the tables of large objects, which are no tables of the target.
class TableRows final : public RowSource {
 public:
  explicit TableRows(const StoredDatabase& stored) : rows_(stored.rows) {
    const auto all = rows_->runs();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!holds_large_objects(*(*stored.tables)[all[i].table].postgres)) {
        runs_.push_back(all[i]);
        places_.push_back(i);
      }
    }
  }
  [[nodiscard]] std::vector<Run> runs() const override { return runs_; }
  void read(std::size_t run, const std::function<void(base::ByteView)>& take) const override {
    rows_->read(places_[run], take);
  }

 private:
  const RowSource* rows_;
  std::vector<Run> runs_;
  std::vector<std::size_t> places_;  // of runs_, in rows_
};

class Filling {
 public:
  Filling(const Parameters& target, const StoredDatabase& stored, const FillOptions& options)
      : target_(target), stored_(&stored), options_(&options) {}

  void run() {
    tune();
    if (options_->schema) {
      open_or_close_public();
      restore(Section::before_rows, "creating the schema");
    }
    if (options_->data) {
      load_rows();
      load_objects();
      say("setting sequences");
      Connection connection(target_, options_->connection);
      SessionStatements statements(connection);
      set_sequences(statements, stored_->facts->sequences);
    }
    if (options_->schema) {
      restore(Section::after_rows, "building indexes and constraints");
    }
    if (options_->data) {
      say("refreshing materialized views");
      Connection connection(quiet_, options_->connection);
      SessionStatements statements(connection);
      refresh_views(statements, stored_->facts->materialized_views);
    }
    if (options_->analyze) {
      say("analyzing");
      analyze_tables(target_, options_->connection, options_->jobs);
    }
    flush();
  }

 private:
  void say(std::string_view phase, std::uint64_t bytes = 0) const {
    if (options_->progress) {
      options_->progress(phase, bytes);
    }
  }

  // What all sessions that follow begin with, pg_restore's too. Nobody needs a single transaction of theirs before the
  // last one.
  void tune() {
    const Result session = Connection(target_, options_->connection).execute(session_sql);
    // Each session builds an index of its own: workers beside it would take the processors from the others. Whoever
    // says otherwise in PGOPTIONS or the URL knows better.
    std::string words = cat(options_->jobs > 1 ? "-c max_parallel_maintenance_workers=0 " : "", target_.get("options"),
                            " -c synchronous_commit=off");
    if (session.integer(0, 0) < index_memory_kb) {
      words += cat(" -c maintenance_work_mem=", index_memory_kb);
    }
    target_ = target_.with("options", words);
    // Triggers of extensions and event triggers do not fire in such a session. Not for pg_restore: nobody has looked
    // what else would be otherwise.
    quiet_ = session.boolean(0, 1) ? target_.with("options", words + " -c session_replication_role=replica") : target_;
  }

  void restore(Section section, std::string_view phase) const {
    say(phase);
    const RestoreOptions how{.jobs = options_->jobs,
                             .roles = options_->roles,
                             .no_tablespaces = options_->no_tablespaces,
                             .without = options_->data ? stored_->loose_keys : std::vector<LooseKeyFacts>(),
                             .tick = options_->connection.tick};
    if (options_->roles.renamed.empty()) {
      restore_schema(options_->programs, target_, stored_->schema, section, how);
      return;
    }
    Connection connection(target_, options_->connection);  // pg_restore itself knows no other roles
    SessionStatements(connection).script([&](const Connection::Put& put) {
      script_schema(options_->programs, stored_->schema, section, how, put);
    });
  }

  // A new database has its server's schema public, and an archive says what is different from that of the version of
  // its pg_dump: before 15 everybody may create there.
  void open_or_close_public() const {
    const auto dumped = archive_version(options_->programs, stored_->schema, options_->connection.tick);
    Connection connection(target_, options_->connection);
    const bool is_open = connection.server_version() < open_until;
    if (dumped && !options_->roles.no_privileges && (*dumped < open_until) != is_open) {
      (void)connection.execute(is_open ? "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
                                       : "GRANT CREATE ON SCHEMA public TO PUBLIC");
    }
  }

  void load_rows() const {
    constexpr std::string_view phase = "loading rows";
    say(phase);
    std::vector<LoadTable> tables;
    for (const TableFacts& facts : *stored_->tables) {
      tables.push_back(load_table_of(facts));
    }
    keep_rows_of_extensions(tables);
    load_tables(quiet_, options_->connection, tables, TableRows(*stored_), stored_->encoding, options_->jobs,
                [&](std::uint64_t bytes) { say(phase, bytes); });
  }

  // An extension has put rows of its own into its tables, and those of the snapshot are the others: those that the
  // extension's filter chooses. Where it has chosen some of its own, the snapshot has them, too.
  void keep_rows_of_extensions(std::vector<LoadTable>& tables) const {
    Connection connection(quiet_, options_->connection);
    for (const Relation& relation : list_relations(connection)) {
      const auto table = !relation.configuration ? tables.end() : std::ranges::find_if(tables, [&](const auto& each) {
        return each.schema == relation.schema && each.name == relation.name;
      });
      if (table == tables.end()) {
        continue;
      }
      table->keep_rows = true;
      const std::string chosen = cat("FROM ONLY ", relation.quoted(), " ", relation.filter);
      if (connection.value(cat("SELECT 1 ", chosen, " LIMIT 1"))) {  // that may be allowed where DELETE is not
        (void)connection.execute(cat("DELETE ", chosen));
      }
    }
  }

  void load_objects() const {
    constexpr std::string_view phase = "loading large objects";
    for (const TableFacts& facts : *stored_->tables) {
      if (holds_large_objects(*facts.postgres)) {
        say(phase);
        Connection connection(quiet_, options_->connection);
        SessionStatements statements(connection);
        load_large_objects(statements, *stored_, options_->roles, [&](std::uint64_t bytes) { say(phase, bytes); });
        return;
      }
    }
  }

  // One transaction that waits for its WAL waits for all before it. It must have written some: a message in the WAL
  // leaves nothing behind.
  void flush() const {
    Connection connection(target_, options_->connection);
    (void)connection.execute("SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'dbrollback', '')");
  }

  Parameters target_;
  Parameters quiet_;
  const StoredDatabase* stored_;
  const FillOptions* options_;
};

}  // namespace

void fill_database(const Parameters& target, const StoredDatabase& stored, const FillOptions& options) {
  try {
    Filling(target, stored, options).run();
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.state = cat("the database ", base::printable(target.database()),
                     " is incomplete: it holds a part of the snapshot at most");
    throw Error(std::move(info));
  }
}

}  // namespace dbrollback::database::postgres
