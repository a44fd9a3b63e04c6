#include "engine/database/postgres/write_sql.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.hpp"
#include "engine/database/postgres/analyze_tables.hpp"
#include "engine/database/postgres/finishing.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/load_tables.hpp"
#include "engine/database/postgres/make_database.hpp"
#include "engine/database/postgres/refresh_views.hpp"
#include "engine/database/postgres/schema_archive.hpp"
#include "engine/database/postgres/set_sequences.hpp"
#include "engine/database/postgres/statements.hpp"

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

class Script {
 public:
  Script(const ClientPrograms& programs, const StoredDatabase& stored, const ScriptOptions& options,
         const std::function<void(base::ByteView)>& take)
      : programs_(&programs), stored_(&stored), options_(&options), take_(&take), statements_(take) {}

  void write() {
    head();
    open_or_close_public();
    schema(Section::before_rows);
    fire_triggers("replica");  // extensions have some already
    statements_.run_each(rows_of_extensions_sql, false);
    rows();
    large_objects();
    set_sequences(statements_, stored_->facts->sequences);
    fire_triggers("origin");
    schema(Section::after_rows);
    refresh_views(statements_, stored_->facts->materialized_views);
    analyze_tables(statements_);
    properties();
    say("\\o\n");
  }

 private:
  void say(const std::string& text) const { (*take_)(base::bytes_of(text)); }

  void head() {
    const PostgresFacts& facts = *stored_->facts;
    say(cat("-- The database ", base::printable(facts.database), " as ", base::printable(options_->title), " has it.\n",
            "-- psql loads it into an empty database, such as one made by\n", "--   ",
            base::printable(
                create_database_sql(parse_version(options_->server_version).value_or(0), "NAME", facts.properties)),
            ";\n"));
    if (!facts.properties.roles.empty()) {
      std::vector<std::string> roles(facts.properties.roles);
      std::ranges::transform(roles, roles.begin(), [](const std::string& role) { return base::printable(role); });
      say(cat("-- These roles must be there: ", base::join(roles, ", "), "\n"));
    }
    say("\n\\set ON_ERROR_STOP on\n\\o /dev/null\n");
  }

  // As fill_database does, and the script finds out which server it is.
  void open_or_close_public() {
    const auto dumped = archive_version(*programs_, stored_->schema, options_->tick);
    if (dumped && !options_->no_privileges) {
      const bool closes = *dumped >= public_is_closed;
      statements_.run_each(
          cat("SELECT '",
              closes ? "REVOKE CREATE ON SCHEMA public FROM PUBLIC" : "GRANT CREATE ON SCHEMA public TO PUBLIC",
              "' WHERE current_setting('server_version_num')::int ", closes ? "<" : ">=", " ", public_is_closed),
          false);
    }
  }

  void fire_triggers(const char* role) {
    statements_.run(cat("SELECT set_config('session_replication_role', '", role,
                        "', false) FROM pg_roles WHERE rolname = current_user AND rolsuper"));
  }

  // That part is in the encoding of the database; our own statements are in UTF-8.
  void schema(Section section) {
    script_schema(*programs_, stored_->schema, section,
                  {.no_owner = options_->no_owner, .no_privileges = options_->no_privileges, .tick = options_->tick},
                  *take_);
    statements_.run("SET client_encoding = 'UTF8'");
  }

  void rows() {
    const auto runs = stored_->rows->runs();
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const TableFacts& facts = (*stored_->tables)[runs[i].table];
      if (holds_large_objects(*facts.postgres)) {
        continue;
      }
      statements_.copy(copy_in_sql(load_table_of(facts), stored_->encoding, false), [&](const Connection::Put& put) {
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
      load_large_objects(statements_, *stored_, {.owners = !options_->no_owner, .privileges = !options_->no_privileges},
                         [](std::uint64_t /*bytes*/) {});
    }
  }

  // Of the database itself, whatever its name is: psql knows it.
  void properties() {
    const std::string database = ":\"DBNAME\"";
    const PostgresDatabaseFacts& facts = stored_->facts->properties;
    if (!options_->no_owner) {
      statements_.run(cat("ALTER DATABASE ", database, " OWNER TO ", quote(facts.owner)));
    }
    const MakeOptions options{.no_owner = options_->no_owner,
                              .no_privileges = options_->no_privileges || options_->no_owner};
    for (const Step& step : finishing(database, facts.owner, facts, options)) {
      statements_.run(cat("BEGIN; ", step.sql, "; COMMIT"));
    }
  }

  const ClientPrograms* programs_;
  const StoredDatabase* stored_;
  const ScriptOptions* options_;
  const std::function<void(base::ByteView)>* take_;
  ScriptStatements statements_;
};

}  // namespace

void write_sql(const ClientPrograms& programs, const StoredDatabase& stored, const ScriptOptions& options,
               const std::function<void(base::ByteView)>& take) {
  Script(programs, stored, options, take).write();
}

}  // namespace dbrollback::database::postgres
