#include "engine/migrate/effects.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <future>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/migrate/script_failures.hpp"
#include "schema/column_types.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;
using database::ScriptSession;

namespace {

constexpr const char* relations_sql =
    "SELECT c.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), "
    "n.nspname || '.' || c.relname, c.relkind, pg_catalog.pg_relation_filenode(c.oid), i.indrelid "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid "
    "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' "
    "AND c.relkind IN ('r', 'p', 'm', 'v', 'f', 'i', 'I', 'S')";

// What a CASCADE can reach; the last column: the table that it is a part of.
constexpr const char* objects_sql =
    "SELECT d.class || ' ' || d.id || ' ' || d.part, pg_catalog.pg_describe_object(d.class, d.id, d.part), d.of FROM ("
    "SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, oid AS id, 0 AS part, relnamespace AS n, "
    "NULL::oid AS of FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') "
    "UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, oid, 0, connamespace, conrelid "
    "FROM pg_catalog.pg_constraint "
    "UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, oid, 0, pronamespace, NULL FROM pg_catalog.pg_proc "
    "UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid, 0, typnamespace, NULL FROM pg_catalog.pg_type "
    "WHERE typtype IN ('d', 'e', 'r') "
    "UNION ALL SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid, 0, c.relnamespace, c.oid "
    "FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal "
    "UNION ALL SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, p.oid, 0, c.relnamespace, c.oid "
    "FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid "
    "UNION ALL SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, d.oid, 0, c.relnamespace, c.oid "
    "FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid "
    "UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum, c.relnamespace, c.oid "
    "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
    "WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped) d "
    "JOIN pg_catalog.pg_namespace n ON n.oid = d.n "
    "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

constexpr const char* held_sql =
    "SELECT DISTINCT relation, mode FROM pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid() "
    "AND locktype = 'relation' AND granted AND database = (SELECT oid FROM pg_catalog.pg_database "
    "WHERE datname = pg_catalog.current_database())";

// As pg_locks has them, the weakest first.
constexpr std::array<std::string_view, 8> lock_modes{
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock",
};
constexpr std::size_t access_share = 0;
constexpr std::size_t row_exclusive = 2;
constexpr std::size_t access_exclusive = 7;

std::size_t strength_of(std::string_view mode) {
  return static_cast<std::size_t>(std::ranges::find(lock_modes, mode) - lock_modes.begin());
}

// "AccessExclusiveLock" as the documentation has it: "ACCESS EXCLUSIVE"
// (https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES).
std::string mode_name(std::size_t strength) {
  std::string_view mode = lock_modes.at(strength);
  mode.remove_suffix(std::string_view("Lock").size());
  std::string out;
  for (const char c : mode) {
    const bool is_capital = c >= 'A' && c <= 'Z';
    if (is_capital && !out.empty()) {
      out += ' ';
    }
    out += is_capital ? c : static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string first(const std::vector<schema::Row>& rows) {
  return rows.empty() || rows.front().empty() ? "" : rows.front().front().value_or("");
}

// Precondition: `error` is being handled.
std::string reason_for_plan(const Error& error) {
  if (error.code() == "interrupted") {
    throw;
  }
  return reason_of(error);
}

// A table by the name that a statement gives it: "sales.orders", or "orders" where the search_path has it.
bool is_named(const Relations::Relation& relation, std::string_view name) {
  return name == relation.plain || name == std::string_view(relation.plain).substr(relation.plain.find('.') + 1);
}

// Empty where there is no such column.
std::string type_of_column(ScriptSession& session, const schema::StatementFacts::Retyped& of) {
  const std::string table = schema::sql_text(of.table);
  return first(session.rows(
      cat("SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a "
          "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
          "WHERE a.attname = ",
          schema::sql_text(of.column), " AND (n.nspname || '.' || c.relname = ", table, " OR c.relname = ", table,
          " AND pg_catalog.pg_table_is_visible(c.oid))")));
}

// Of the new type alone little can be said; with the old one, whether all values have a place in it.
void judge_types(ScriptSession& session, schema::StatementFacts& facts) {
  for (const schema::StatementFacts::Retyped& retyped : facts.retyped) {
    const std::string old_type = type_of_column(session, retyped);
    const std::string object = cat(retyped.table, ".", retyped.column);
    const auto change = old_type.empty() ? schema::TypeChange::unknown : schema::type_change(old_type, retyped.type);
    if (change == schema::TypeChange::unknown) {
      continue;
    }
    std::erase_if(facts.warnings, [&](const schema::Warning& warning) {
      return warning.kind == "narrows" && warning.object == object;
    });
    if (change == schema::TypeChange::narrowing) {
      facts.warnings.push_back({.kind = "narrows",
                                .object = object,
                                .text = cat("narrows ", object, " from ", old_type, " to ", retyped.type,
                                            ": values that do not fit make it fail, or lose a part")});
    }
  }
}

// Runs a statement that refuses a transaction, and finds its locks by standing in its way: on all tables but those
// where it is known already, again and again until nothing stops it. A lock that it waits for can be read; one that it
// has had for a moment could not.
class Watched {
 public:
  Watched(ScriptSession& runner, const std::function<std::unique_ptr<ScriptSession>()>& open)
      : runner_(runner), blocker_(open()), looker_(open()) {
    pid_ = first(runner_.rows("SELECT pg_catalog.pg_backend_pid()"));
    runner_.set_lock_timeout(std::chrono::milliseconds(0));
  }

  // Each lock by the relation's oid, and the reason for which it failed.
  std::string run(const schema::Statement& statement, const Relations& relations,
                  std::map<std::string, std::size_t>& modes) {
    for (std::size_t tries = 0; tries <= 2 * relations.by_oid.size(); ++tries) {
      block(relations, modes);
      std::string problem = run_blocked(statement, modes);
      blocker_->rollback();
      if (!was_canceled_) {
        return problem;
      }
    }
    return "it takes more locks than there are tables";
  }

 private:
  void block(const Relations& relations, const std::map<std::string, std::size_t>& known) {
    blocker_->begin();
    for (const auto& [oid, relation] : relations.by_oid) {
      const auto mode = known.find(oid);
      if (mode == known.end() && relation.kind == "m") {  // which LOCK TABLE refuses
        blocker_->execute(cat("ALTER MATERIALIZED VIEW ", relation.name, " OWNER TO CURRENT_USER"));
      } else if (mode == known.end() && (relation.kind == "r" || relation.kind == "p")) {
        blocker_->execute(cat("LOCK TABLE ONLY ", relation.name, " IN ACCESS EXCLUSIVE MODE"));
      } else if (relation.kind == "r" && mode->second < access_exclusive) {  // it may come back for more
        blocker_->execute(cat("LOCK TABLE ONLY ", relation.name, " IN ",
                              mode->second == access_share ? "EXCLUSIVE" : "ACCESS SHARE", " MODE"));
      }
    }
  }

  std::string run_blocked(const schema::Statement& statement, std::map<std::string, std::size_t>& modes) {
    was_canceled_ = false;
    auto running = std::async(std::launch::async, [&]() -> std::string {
      try {
        (void)runner_.run(statement);
        return {};
      } catch (const Error& error) {
        return reason_for_plan(error);
      }
    });
    while (running.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
      const auto waiting =
          looker_->rows(cat("SELECT relation, mode FROM pg_catalog.pg_locks WHERE pid = ", pid_, " AND NOT granted"));
      if (!waiting.empty() && !was_canceled_) {
        let_past(waiting.front(), modes);
      }
    }
    return running.get();
  }

  // What may have begun to change something must not be stopped: more than a look at a table, and then waiting for
  // another lock of it, or for the end of other transactions.
  void let_past(const schema::Row& waiting, std::map<std::string, std::size_t>& modes) {
    const std::string relation = waiting.at(0).value_or("");
    const auto known = modes.find(relation);
    was_canceled_ = !relation.empty() && (known == modes.end() || known->second == access_share);
    if (!relation.empty()) {
      modes[relation] = strength_of(waiting.at(1).value_or(""));
    }
    if (was_canceled_) {
      (void)looker_->rows(cat("SELECT pg_catalog.pg_cancel_backend(", pid_, ")"));
    } else {
      blocker_->rollback();
    }
  }

  ScriptSession& runner_;
  std::unique_ptr<ScriptSession> blocker_;
  std::unique_ptr<ScriptSession> looker_;
  std::string pid_;
  bool was_canceled_ = false;
};

}  // namespace

PlannedStatement described(const ScriptStatement& statement) {
  PlannedStatement out;
  out.what = statement.facts.kind;
  out.line = statement.statement.line;
  out.writes = statement.facts.writes_tables;
  for (const schema::Warning& warning : statement.facts.warnings) {
    out.warnings.push_back(warning.text);
  }
  return out;
}

EffectsOnServer::EffectsOnServer(std::function<std::unique_ptr<ScriptSession>()> open)
    : open_(std::move(open)), session_(open_()) {}

std::vector<PlannedStatement> EffectsOnServer::of(const PreparedScript& script) {
  std::vector<PlannedStatement> out;
  out.reserve(script.statements.size());
  bool has_failed = false;
  held_.clear();
  at_first_ = relations();
  if (script.in_transaction) {
    session_->begin();
  }
  for (const ScriptStatement& statement : script.statements) {
    out.push_back(has_failed ? described(statement) : try_one(statement));
    has_failed = !out.back().problem.empty();
  }
  if (session_->state() == ScriptSession::State::in_transaction && !has_failed && !out.empty()) {
    commit(out.back());
  } else if (session_->state() != ScriptSession::State::idle) {
    session_->rollback();
  }
  session_->reset();
  return out;
}

// Constraints that are deferred fail here.
void EffectsOnServer::commit(PlannedStatement& last) {
  try {
    session_->commit();
  } catch (const Error& error) {
    last.problem = cat("at the COMMIT: ", reason_for_plan(error));
  }
}

PlannedStatement EffectsOnServer::try_one(const ScriptStatement& statement) {
  before_ = relations();
  const bool reaches = std::ranges::any_of(statement.facts.warnings,
                                           [](const schema::Warning& warning) { return warning.kind == "cascade"; });
  objects_before_ = reaches ? objects() : std::map<std::string, Object>();
  PlannedStatement out = described(judged(statement));
  const bool is_alone = session_->state() == ScriptSession::State::idle &&
                        statement.facts.control == schema::Control::none && !statement.facts.is_session_setting;
  if (is_alone) {
    try_alone(statement, out);
  } else {
    try_here(statement, out);
  }
  if (out.problem.empty()) {
    look_after(statement, out);
  }
  std::ranges::sort(out.locks, {}, &PlannedStatement::Lock::object);
  return out;
}

// With what only the database knows. Nobody waits for a table that the script itself has made, and what a CASCADE takes
// with it, look_after() names.
ScriptStatement EffectsOnServer::judged(ScriptStatement statement) {
  std::erase_if(statement.facts.warnings, [](const schema::Warning& warning) { return warning.kind == "cascade"; });
  std::erase_if(statement.facts.warnings, [&](const schema::Warning& warning) {
    return warning.kind == "blocks" && std::ranges::any_of(before_.by_oid, [&](const auto& each) {
             const std::string column_of = warning.object.substr(0, warning.object.rfind('.'));
             return !at_first_.by_oid.contains(each.first) &&
                    (is_named(each.second, warning.object) || is_named(each.second, column_of));
           });
  });
  judge_types(*session_, statement.facts);
  return statement;
}

void EffectsOnServer::try_here(const ScriptStatement& statement, PlannedStatement& out) {
  try {
    (void)session_->run(statement.statement);
  } catch (const Error& error) {
    out.problem = reason_for_plan(error);
    return;
  }
  std::map<std::string, std::size_t> now;
  for (const auto& row : session_->rows(held_sql)) {
    std::size_t& mode = now[row.at(0).value_or("")];
    mode = std::max(mode, strength_of(row.at(1).value_or("")));
  }
  for (const auto& [oid, mode] : now) {
    const auto before = held_.find(oid);
    if (before == held_.end() || before->second < mode) {
      add_lock(oid, mode, now, out);
    }
  }
  held_ = std::move(now);
}

void EffectsOnServer::try_alone(const ScriptStatement& statement, PlannedStatement& out) {
  std::map<std::string, std::size_t> modes;
  out.problem = Watched(*session_, open_).run(statement.statement, before_, modes);
  for (const auto& [oid, mode] : modes) {
    add_lock(oid, mode, modes, out);
  }
}

// Those of indexes and sequences that every query takes say nothing, nor do those of indexes that their tables have.
void EffectsOnServer::add_lock(const std::string& oid, std::size_t mode, const std::map<std::string, std::size_t>& all,
                               PlannedStatement& out) const {
  const auto relation = before_.by_oid.find(oid);
  if (relation == before_.by_oid.end() || !at_first_.by_oid.contains(oid)) {
    return;
  }
  const bool is_part = relation->second.kind == "i" || relation->second.kind == "I" || relation->second.kind == "S";
  const auto table = all.find(relation->second.table);
  if (!is_part || (mode > row_exclusive && (table == all.end() || table->second < mode))) {
    out.locks.push_back({.object = relation->second.name, .mode = mode_name(mode)});
  }
}

void EffectsOnServer::look_after(const ScriptStatement& statement, PlannedStatement& out) {
  const Relations now = relations();
  std::vector<std::string> anew;  // tables with another file
  for (const auto& [oid, relation] : before_.by_oid) {
    const auto then = now.by_oid.find(oid);
    const bool has_rows = relation.kind == "r" || relation.kind == "m";
    if (has_rows && then != now.by_oid.end() && then->second.file != relation.file) {
      anew.push_back(relation.name);
    }
  }
  std::ranges::sort(anew);
  const bool empties = statement.facts.kind.starts_with("TRUNCATE");
  if (!empties) {
    out.rewrites = anew;
  }
  if (!objects_before_.empty()) {
    const std::vector<std::string> reached = empties ? anew : gone();
    if (reached.size() > 1) {
      out.warnings.push_back(cat("with CASCADE ", base::plural(reached.size(), empties ? "table" : "object"),
                                 empties ? " are emptied: " : " go: ", base::join(reached, ", ")));
    }
  }
}

// What there was before and is not any more, without the parts of tables that are gone themselves.
std::vector<std::string> EffectsOnServer::gone() {
  const auto left = objects();
  const Relations now = relations();
  std::vector<std::string> out;
  for (const auto& [id, object] : objects_before_) {
    if (!left.contains(id) && (object.table.empty() || now.by_oid.contains(object.table))) {
      out.push_back(object.what);
    }
  }
  std::ranges::sort(out);
  return out;
}

Relations EffectsOnServer::relations() {
  Relations out;
  for (const auto& row : session_->rows(relations_sql)) {
    out.by_oid[row.at(0).value_or("")] = {.name = row.at(1).value_or(""),
                                          .plain = row.at(2).value_or(""),
                                          .kind = row.at(3).value_or(""),
                                          .file = row.at(4).value_or(""),
                                          .table = row.at(5).value_or("")};
  }
  return out;
}

std::map<std::string, EffectsOnServer::Object> EffectsOnServer::objects() {
  std::map<std::string, Object> out;
  for (const auto& row : session_->rows(objects_sql)) {
    out[row.at(0).value_or("")] = {.what = row.at(1).value_or(""), .table = row.at(2).value_or("")};
  }
  return out;
}

}  // namespace dbrollback::migrate
