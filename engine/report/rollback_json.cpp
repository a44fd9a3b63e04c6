#include <nlohmann/json.hpp>

#include "dbrollback/json.hpp"
#include "engine/base/document.hpp"
#include "engine/report/release_document.hpp"
#include "engine/report/run_document.hpp"

namespace dbrollback {

using base::Json;

namespace {

constexpr int rollback_schema_version = 1;

Json rollback_text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json milliseconds_or_null(std::chrono::milliseconds time) { return time.count() == 0 ? Json() : Json(time.count()); }

Json loss_json(const RunLoss& loss) {
  return {{"object", loss.object},
          {"rows", loss.rows ? Json(*loss.rows) : Json()},
          {"what", loss.what},
          {"estimated", loss.estimated}};
}

Json way_json(const WayBack& way) {
  Json steps = Json::array();
  for (const RunStep& step : way.steps) {
    steps.push_back({{"name", step.name}, {"title", step.title}});
  }
  Json losses = Json::array();
  for (const RunLoss& loss : way.losses) {
    losses.push_back(loss_json(loss));
  }
  return {{"strategy", to_string(way.strategy)},
          {"possible", way.why_not.empty()},
          {"why_not", rollback_text_or_null(way.why_not)},
          {"steps", std::move(steps)},
          {"losses", std::move(losses)},
          {"unknown", way.unknown},
          {"brings_all_back", way.brings_all_back},
          {"expected_ms", milliseconds_or_null(way.expected)},
          {"expected_from", rollback_text_or_null(way.expected_from)}};
}

Json status_json(const DatabaseStatus& status) {
  return {{"database", status.database},
          {"problem", rollback_text_or_null(status.problem)},
          {"location", rollback_text_or_null(status.location)},
          {"fingerprint", rollback_text_or_null(status.fingerprint)},
          {"format", rollback_text_or_null(status.format)},
          {"version", rollback_text_or_null(status.version)},
          {"pending", status.pending},
          {"migrations_problem", rollback_text_or_null(status.migrations_problem)},
          {"half_way", rollback_text_or_null(status.half_way)},
          {"release", status.release ? report::release_document(*status.release, true) : Json()},
          {"between_hooks", status.is_between_hooks},
          {"can_be_confirmed", status.can_be_confirmed},
          {"as_released", status.is_as_released},
          {"unfinished", status.unfinished ? report::run_document(*status.unfinished) : Json()},
          {"under_way", status.is_under_way}};
}

}  // namespace

std::string to_json(const DeployResult& result) {
  return base::to_text({{"schema_version", rollback_schema_version},
                        {"release", report::release_document(result.release, true)},
                        {"run", report::run_document(result.run)},
                        {"healthy", result.healthy},
                        {"health", result.health},
                        {"warnings", result.warnings}});
}

std::string to_json(const RollbackPlan& plan) {
  Json ways = Json::array();
  for (const WayBack& way : plan.ways) {
    ways.push_back(way_json(way));
  }
  return base::to_text({{"schema_version", rollback_schema_version},
                        {"database", plan.database},
                        {"location", plan.location},
                        {"from", plan.from_version},
                        {"to", rollback_text_or_null(plan.to_version)},
                        {"releases", plan.releases},
                        {"snapshot", rollback_text_or_null(plan.snapshot)},
                        {"fingerprint", plan.fingerprint},
                        {"ways", std::move(ways)},
                        {"strategy", to_string(plan.strategy)},
                        {"reason", plan.reason},
                        {"rto_ms", plan.rto ? Json(plan.rto->count()) : Json()},
                        {"commands", plan.commands},
                        {"warnings", plan.warnings}});
}

std::string to_json(const RollbackResult& result) {
  return base::to_text({{"schema_version", rollback_schema_version},
                        {"strategy", to_string(result.strategy)},
                        {"to", rollback_text_or_null(result.to_version)},
                        {"kept_database", rollback_text_or_null(result.kept_database)},
                        {"snapshot_before", rollback_text_or_null(result.snapshot_before)},
                        {"verification", result.verification},
                        {"healthy", result.healthy},
                        {"health", result.health},
                        {"duration_ms", result.duration.count()},
                        {"run", report::run_document(result.run)}});
}

std::string to_json(const std::vector<DatabaseStatus>& databases) {
  Json list = Json::array();
  for (const DatabaseStatus& each : databases) {
    list.push_back(status_json(each));
  }
  return base::to_text({{"schema_version", rollback_schema_version}, {"databases", std::move(list)}});
}

}  // namespace dbrollback
