#include "dbrollback/json.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "engine/base/time.hpp"
#include "engine/snapshot/summary_json.hpp"

namespace dbrollback {

using base::Json;

namespace {

constexpr int schema_version = 1;

Json document() { return {{"schema_version", schema_version}}; }

Json count_or_null(const std::optional<std::uint64_t>& count) { return count ? Json(*count) : Json(); }

Json findings(const std::vector<Finding>& all) {
  Json out = Json::array();
  for (const auto& finding : all) {
    out.push_back({{"object", finding.object}, {"problem", finding.problem}});
  }
  return out;
}

Json paths(const std::vector<std::filesystem::path>& all) {
  Json out = Json::array();
  for (const auto& path : all) {
    out.push_back(path.native());
  }
  return out;
}

Json tables_of(const SnapshotDetails& snapshot) {
  Json out = Json::array();
  for (const auto& table : snapshot.tables) {
    Json columns = Json::array();
    for (const auto& column : table.columns) {
      columns.push_back({{"name", column.name}, {"type", column.type}});
    }
    out.push_back({{"name", table.name}, {"rows", table.rows}, {"key", table.key}, {"columns", std::move(columns)}});
  }
  return out;
}

}  // namespace

std::string to_json(const ErrorInfo& error) {
  Json out = document();
  out["error"] = {{"code", error.code},
                  {"message", error.message},
                  {"object", error.object},
                  {"state", error.state},
                  {"next", error.next}};
  out["exit"] = static_cast<int>(error.exit);
  return base::to_text(out);
}

std::string to_json(const SnapshotDetails& snapshot) {
  Json out = document();
  out.update(snapshot::to_json(snapshot.summary));
  out["tool_version"] = snapshot.tool_version;
  out["server_version"] = snapshot.server_version;
  out["source"] = snapshot.source;
  out["encoding"] = snapshot.encoding;
  out["journal_mode"] = snapshot.journal_mode;
  out["page_size"] = snapshot.page_size;
  out["page_count"] = snapshot.page_count;
  out["schema_fingerprint"] = snapshot.schema_fingerprint;
  out["table_list"] = tables_of(snapshot);
  out["checks"] = Json::array();
  for (const auto& check : snapshot.checks) {
    out["checks"].push_back({{"name", check.name},
                             {"sql", check.sql},
                             {"value", check.value},
                             {"expect", check.expect ? Json(*check.expect) : Json("unchanged")},
                             {"ok", check.ok}});
  }
  out["left_out"] = Json::array();
  for (const auto& left : snapshot.left_out) {
    out["left_out"].push_back({{"object", left.object}, {"reason", left.reason}});
  }
  out["segments"] = Json::array();
  for (const auto& segment : snapshot.segments) {
    out["segments"].push_back(
        {{"name", segment.name}, {"bytes", segment.bytes}, {"frames", segment.frames}, {"hash", segment.hash}});
  }
  out["holder_list"] = Json::array();
  for (const auto& holder : snapshot.holders) {
    out["holder_list"].push_back({{"id", holder.id}, {"pages", holder.pages}});
  }
  return base::to_text(out);
}

std::string to_json(const std::vector<SnapshotSummary>& snapshots) {
  Json out = document();
  out["snapshots"] = Json::array();
  for (const auto& snapshot : snapshots) {
    out["snapshots"].push_back(snapshot::to_json(snapshot));
  }
  return base::to_text(out);
}

std::string to_json(const std::vector<VerifyReport>& reports, const std::vector<VerifyFailure>& failures,
                    const std::vector<std::string>& too_old) {
  Json out = document();
  bool ok = too_old.empty() && failures.empty();
  Json list = Json::array();
  for (const auto& report : reports) {
    ok = ok && report.ok;
    list.push_back({{"id", report.id},
                    {"level", to_string(report.level)},
                    {"ok", report.ok},
                    {"damage", findings(report.damage)},
                    {"warnings", findings(report.warnings)},
                    {"frames", report.frames},
                    {"stored_bytes", report.stored_bytes},
                    {"tables", report.tables},
                    {"rows", report.rows},
                    {"duration_ms", report.duration.count()},
                    {"restore_ms", report.restore_duration.count()}});
  }
  Json not_verified = Json::array();
  for (const auto& [id, message] : failures) {
    not_verified.push_back({{"id", id}, {"problem", message}});
  }
  out["ok"] = ok;
  out["too_old"] = too_old;
  out["not_verified"] = std::move(not_verified);
  out["snapshots"] = std::move(list);
  return base::to_text(out);
}

std::string to_json(const RestorePlan& plan) {
  constexpr const char* kinds[] = {"new_file", "live", "replace", "new_database", "swap", "in_place", "load"};
  Json tables = Json::array();
  for (const auto& table : plan.tables) {
    tables.push_back({{"name", table.name},
                      {"rows_now", count_or_null(table.rows_now)},
                      {"rows_restored", count_or_null(table.rows_restored)}});
    if (plan.kind == RestorePlan::Target::swap || plan.kind == RestorePlan::Target::in_place) {
      tables.back()["written"] = table.written;
    }
  }
  const bool is_overwritten = plan.kind == RestorePlan::Target::live || plan.kind == RestorePlan::Target::in_place;
  Json out = document();
  out["plan"] = {{"id", plan.options.id},
                 {"database", plan.database.name},
                 {"target", plan.target},
                 {"kind", kinds[static_cast<int>(plan.kind)]},
                 {"why", plan.why},
                 {"tables_chosen", plan.options.tables},
                 {"only", plan.options.schema_only ? "schema"
                          : plan.options.data_only ? "data"
                                                   : ""},
                 {"snapshot_before", plan.options.snapshot_before && is_overwritten},
                 {"keep_aside", paths(plan.keep_aside)},
                 {"tables", std::move(tables)},
                 {"schema_changes", plan.schema_changes},
                 {"holders", plan.holders},
                 {"warnings", plan.warnings},
                 {"bytes", plan.bytes}};
  if (plan.kind == RestorePlan::Target::in_place) {
    out["plan"]["expected_downtime_ms"] = plan.expected_downtime.count();
  }
  if (plan.is_on_server()) {
    out["plan"]["written_is_known"] = plan.written_is_known;
  }
  if (!plan.obstacles.empty()) {
    Json obstacles = Json::array();
    for (const auto& obstacle : plan.obstacles) {
      obstacles.push_back({{"name", obstacle.name}, {"description", obstacle.description}, {"next", obstacle.next}});
    }
    out["plan"]["obstacles"] = std::move(obstacles);
  }
  return base::to_text(out);
}

std::string to_json(const RestoreResult& result) {
  Json out = document();
  out.update({{"id", result.id},
              {"target", result.target},
              {"snapshot_before", result.snapshot_before.empty() ? Json() : Json(result.snapshot_before)},
              {"kept_aside", paths(result.kept_aside)},
              {"verified", result.verified},
              {"verification", result.verification},
              {"bytes", result.bytes},
              {"tables", result.tables},
              {"rows", result.rows},
              {"duration_ms", result.duration.count()},
              {"writers_paused_ms", result.writers_paused.count()}});
  if (!result.kept_database.empty()) {
    out.update({{"kept_database", result.kept_database},
                {"downtime_ms", result.downtime.count()},
                {"sessions_ended", result.sessions_ended}});
  }
  if (!result.kept_database.empty() || !result.limits.empty()) {
    out["limits"] = result.limits;
  }
  return base::to_text(out);
}

std::string to_json(const ReplacedDatabase& back, const WrittenSinceSwap& since) {
  Json out = document();
  Json tables = Json::array();
  for (const auto& table : since.tables) {
    tables.push_back({{"name", table.name}, {"written", table.written}});
  }
  out.update({{"restored", back.name},
              {"replaced", base::to_iso(back.replaced)},
              {"written_since", since.unknown.empty() ? std::move(tables) : Json()}});
  return base::to_text(out);
}

std::string to_json(const std::vector<ReplacedDatabase>& replaced, bool dropped) {
  Json out = document();
  Json databases = Json::array();
  for (const ReplacedDatabase& each : replaced) {
    databases.push_back({{"name", each.name},
                         {"replaced", base::to_iso(each.replaced)},
                         {"bytes", each.bytes ? Json(*each.bytes) : Json()}});
  }
  out.update({{"databases", std::move(databases)}, {"dropped", dropped}});
  return base::to_text(out);
}

std::string to_json(const SwapResult& result) {
  Json out = document();
  out.update({{"target", result.target},
              {"restored", result.restored},
              {"kept_database", result.kept_database},
              {"downtime_ms", result.downtime.count()},
              {"sessions_ended", result.sessions_ended}});
  return base::to_text(out);
}

std::string to_json(const ExportResult& result) {
  Json out = document();
  out.update({{"id", result.id}, {"engine", result.engine}, {"file", result.file.native()}, {"bytes", result.bytes}});
  return base::to_text(out);
}

std::string to_json(const DiffReport& report) {
  Json schema = Json::array();
  for (const auto& change : report.schema) {
    schema.push_back({{"object", change.object}, {"change", change.change}});
  }
  Json tables = Json::array();
  for (const auto& table : report.tables) {
    tables.push_back({{"name", table.name},
                      {"rows_a", count_or_null(table.rows_a)},
                      {"rows_b", count_or_null(table.rows_b)},
                      {"added", table.added},
                      {"removed", table.removed},
                      {"changed", table.changed},
                      {"compared_by", table.compared_by},
                      {"columns_removed", table.columns_removed},
                      {"columns_added", table.columns_added}});
  }
  Json out = document();
  out.update({{"a", report.a},
              {"b", report.b},
              {"same", report.same()},
              {"tables_compared", report.tables_compared},
              {"schema", std::move(schema)},
              {"tables", std::move(tables)}});
  return base::to_text(out);
}

std::string to_json(const PrunePlan& plan, bool executed) {
  Json snapshots = Json::array();
  for (const auto& decision : plan.decisions) {
    snapshots.push_back({{"id", decision.snapshot.id},
                         {"database", decision.snapshot.database},
                         {"keep", !decision.kept_because.empty()},
                         {"reasons", decision.kept_because}});
  }
  Json out = document();
  out.update({{"executed", executed}, {"bytes_freed", plan.bytes_freed}, {"snapshots", std::move(snapshots)}});
  return base::to_text(out);
}

std::string to_json(const std::vector<Diagnosis>& findings) {
  constexpr const char* levels[] = {"ok", "warning", "failure"};
  Json list = Json::array();
  bool ok = true;
  for (const auto& finding : findings) {
    ok = ok && finding.level != Diagnosis::Level::failure;
    list.push_back({{"level", levels[static_cast<int>(finding.level)]},
                    {"subject", finding.subject},
                    {"message", finding.message},
                    {"next", finding.next}});
  }
  Json out = document();
  out.update({{"ok", ok}, {"findings", std::move(list)}});
  return base::to_text(out);
}

std::string to_json(const JsonFields& fields) {
  Json out = document();
  for (const auto& field : fields) {
    std::visit([&](const auto& value) { out[field.first] = value; }, field.second);
  }
  return base::to_text(out);
}

}  // namespace dbrollback
