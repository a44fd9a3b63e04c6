#include "engine/database/postgres/rebuild.hpp"

#include <algorithm>
#include <string>

#include "engine/base/text.hpp"
#include "engine/database/postgres/analyze_tables.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/load_tables.hpp"
#include "engine/database/postgres/refresh_views.hpp"
#include "engine/database/postgres/schema_archive.hpp"
#include "engine/database/postgres/set_sequences.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr int public_is_closed = 150000;

// The rows that extensions have put into their tables and that their filters choose: the snapshot has them, too.
constexpr const char* rows_of_extensions_sql = R"(
SELECT format('DELETE FROM ONLY %s %s', c.oid::regclass, each.condition)
FROM pg_extension e CROSS JOIN LATERAL unnest(e.extconfig, e.extcondition) AS each(oid, condition)
JOIN pg_class c ON c.oid = each.oid
WHERE c.relkind = 'r' AND has_table_privilege(c.oid, 'DELETE'))";

class Rebuilding {
 public:
  Rebuilding(Statements& statements, const ClientPrograms& programs, const StoredDatabase& stored,
             const RebuildOptions& options)
      : statements_(&statements), programs_(&programs), stored_(&stored), options_(&options) {}

  void run() {
    open_or_close_public();
    schema(Section::before_rows);
    fire_triggers("replica");  // extensions have some already
    statements_->run_each(rows_of_extensions_sql, false);
    rows();
    large_objects();
    set_sequences(*statements_, stored_->facts->sequences);
    fire_triggers("origin");
    schema(Section::after_rows);
    refresh_views(*statements_, stored_->facts->materialized_views);
    analyze_tables(*statements_);
  }

 private:
  // As fill_database does, and the script finds out which server it is.
  void open_or_close_public() {
    const auto dumped = archive_version(*programs_, stored_->schema, options_->tick);
    if (dumped && !options_->roles.no_privileges) {
      const bool closes = *dumped >= public_is_closed;
      statements_->run_each(
          cat("SELECT '",
              closes ? "REVOKE CREATE ON SCHEMA public FROM PUBLIC" : "GRANT CREATE ON SCHEMA public TO PUBLIC",
              "' WHERE current_setting('server_version_num')::int ", closes ? "<" : ">=", " ", public_is_closed),
          false);
    }
  }

  void fire_triggers(const char* role) {
    statements_->run(cat("SELECT set_config('session_replication_role', '", role,
                         "', false) FROM pg_roles WHERE rolname = current_user AND rolsuper"));
  }

  // That part is in the encoding of the database; our own statements are in UTF-8.
  void schema(Section section) {
    const RestoreOptions options{.roles = options_->roles, .without = stored_->loose_keys, .tick = options_->tick};
    statements_->script(
        [&](const Connection::Put& put) { script_schema(*programs_, stored_->schema, section, options, put); });
    statements_->run("SET client_encoding = 'UTF8'");
  }

  void rows() {
    const auto runs = stored_->rows->runs();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const TableFacts& facts = (*stored_->tables)[runs[i].table];
      if (holds_large_objects(*facts.postgres)) {
        continue;
      }
      statements_->copy(copy_in_sql(load_table_of(facts), stored_->encoding, false), [&](const Connection::Put& put) {
        stored_->rows->read(i, [&](base::ByteView bytes) {
          options_->progress(bytes.size());
          put(bytes);
        });
      });
    }
  }

  void large_objects() {
    const auto holds = [](const TableFacts& facts) { return holds_large_objects(*facts.postgres); };
    if (std::ranges::any_of(*stored_->tables, holds)) {
      load_large_objects(*statements_, *stored_, options_->roles, [](std::uint64_t /*bytes*/) {});
    }
  }

  Statements* statements_;
  const ClientPrograms* programs_;
  const StoredDatabase* stored_;
  const RebuildOptions* options_;
};

}  // namespace

void rebuild(Statements& statements, const ClientPrograms& programs, const StoredDatabase& stored,
             const RebuildOptions& options) {
  Rebuilding(statements, programs, stored, options).run();
}

}  // namespace dbrollback::database::postgres
