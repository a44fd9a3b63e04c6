#include <nlohmann/json.hpp>

#include "dbrollback/json.hpp"
#include "engine/base/document.hpp"
#include "engine/base/time.hpp"

namespace dbrollback {

using base::Json;

namespace {

constexpr int migrate_schema_version = 1;

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json unfinished_json(const UnfinishedMigration& left) {
  return {{"version", left.version},
          {"name", left.name},
          {"file", left.file},
          {"direction", left.up ? "up" : "down"},
          {"statements", left.statements},
          {"done", left.done},
          {"statement", text_or_null(left.statement)},
          {"line", left.line},
          {"problem", text_or_null(left.problem)},
          {"since", base::to_iso(left.since)}};
}

const char* name_of(MigrationStatus::State state) {
  constexpr const char* names[] = {"applied", "pending", "failed", "missing"};
  return names[static_cast<int>(state)];
}

Json steps_json(const std::vector<MigrateStep>& steps) {
  Json out = Json::array();
  for (const MigrateStep& step : steps) {
    Json statements = Json::array();
    for (const MigrateStep::Statement& statement : step.statements) {
      statements.push_back({{"statement", statement.what},
                            {"line", statement.line},
                            {"rows", statement.rows},
                            {"duration_ms", statement.duration.count()}});
    }
    out.push_back({{"version", step.version},
                   {"name", step.name},
                   {"direction", step.up ? "up" : "down"},
                   {"in_transaction", step.in_transaction},
                   {"attempts", step.attempts},
                   {"statements", std::move(statements)},
                   {"duration_ms", step.duration.count()}});
  }
  return out;
}

Json planned_json(const PlannedStatement& statement) {
  Json locks = Json::array();
  for (const PlannedStatement::Lock& lock : statement.locks) {
    locks.push_back({{"object", lock.object}, {"mode", lock.mode}});
  }
  return {{"statement", statement.what},
          {"line", statement.line},
          {"locks", std::move(locks)},
          {"rewrites", statement.rewrites},
          {"writes", statement.writes},
          {"warnings", statement.warnings},
          {"problem", text_or_null(statement.problem)}};
}

}  // namespace

std::string to_json(const MigrationPlan& plan) {
  Json migrations = Json::array();
  for (const PlannedMigration& each : plan.migrations) {
    Json statements = Json::array();
    for (const PlannedStatement& statement : each.statements) {
      statements.push_back(planned_json(statement));
    }
    migrations.push_back({{"version", each.version},
                          {"name", each.name},
                          {"file", each.file},
                          {"has_down", each.has_down},
                          {"in_transaction", each.in_transaction},
                          {"why_none", text_or_null(each.why_none)},
                          {"statements", std::move(statements)}});
  }
  Json tables = Json::array();
  for (const MigrationPlan::Table& table : plan.tables) {
    tables.push_back(
        {{"name", table.name}, {"rows", table.rows}, {"bytes", table.bytes == 0 ? Json() : Json(table.bytes)}});
  }
  return base::to_text({{"schema_version", migrate_schema_version},
                        {"database", plan.database},
                        {"format", plan.format},
                        {"direction", plan.up ? "up" : "down"},
                        {"from", text_or_null(plan.from)},
                        {"migrations", std::move(migrations)},
                        {"tables", std::move(tables)},
                        {"not_tried", text_or_null(plan.not_tried)}});
}

std::string to_json(const RehearsalReport& report) {
  constexpr const char* verdicts[] = {"lossless", "lossy", "no way back"};
  Json migrations = Json::array();
  for (const Rehearsal& each : report.migrations) {
    Json losses = Json::array();
    for (const Rehearsal::Loss& loss : each.losses) {
      losses.push_back({{"object", loss.object}, {"problem", loss.problem}, {"rows", loss.rows}});
    }
    migrations.push_back({{"version", each.version},
                          {"name", each.name},
                          {"verdict", verdicts[static_cast<int>(each.verdict)]},
                          {"losses", std::move(losses)},
                          {"problem", text_or_null(each.problem)},
                          {"up_ms", each.up.count()},
                          {"down_ms", each.down.count()}});
  }
  return base::to_text({{"schema_version", migrate_schema_version},
                        {"database", report.database},
                        {"snapshot", report.snapshot},
                        {"lossless", report.all_lossless()},
                        {"migrations", std::move(migrations)}});
}

std::string to_json(const MigrateStatus& status) {
  Json migrations = Json::array();
  for (const MigrationStatus& each : status.migrations) {
    migrations.push_back({{"version", each.version},
                          {"name", each.name},
                          {"state", name_of(each.state)},
                          {"has_down", each.has_down},
                          {"note", text_or_null(each.note)}});
  }
  return base::to_text({{"schema_version", migrate_schema_version},
                        {"database", status.database},
                        {"location", status.location},
                        {"format", status.format},
                        {"folder", text_or_null(status.folder.native())},
                        {"table", text_or_null(status.table)},
                        {"version", text_or_null(status.version)},
                        {"pending", status.format == "command" ? Json() : Json(status.pending())},
                        {"migrations", std::move(migrations)},
                        {"unfinished", status.unfinished ? unfinished_json(*status.unfinished) : Json()},
                        {"running", status.running},
                        {"warnings", status.warnings}});
}

std::string to_json(const MigrateResult& result) {
  return base::to_text({{"schema_version", migrate_schema_version},
                        {"database", result.database},
                        {"format", result.format},
                        {"from", text_or_null(result.from)},
                        {"to", text_or_null(result.to)},
                        {"steps", steps_json(result.steps)},
                        {"warnings", result.warnings},
                        {"duration_ms", result.duration.count()}});
}

}  // namespace dbrollback
