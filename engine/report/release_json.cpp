#include <algorithm>
#include <nlohmann/json.hpp>

#include "dbrollback/json.hpp"
#include "engine/base/document.hpp"
#include "engine/base/time.hpp"
#include "engine/report/release_document.hpp"
#include "engine/report/run_document.hpp"
#include "engine/repository/run_json.hpp"

namespace dbrollback {

using base::Json;

namespace {

constexpr int release_schema_version = 1;

Json said_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json took_or_null(std::chrono::milliseconds took) { return took.count() == 0 ? Json() : Json(took.count()); }

Json release_database_json(const ReleaseDatabase& database) {
  Json migrations = Json::array();
  for (const ReleaseMigration& each : database.migrations) {
    migrations.push_back({{"version", each.version}, {"name", each.name}, {"has_down", each.has_down}});
  }
  return {{"name", database.name},
          {"snapshot", said_or_null(database.snapshot)},
          {"snapshot_after", said_or_null(database.snapshot_after)},
          {"proof", to_string(database.proof)},
          {"format", said_or_null(database.format)},
          {"by_command", database.by_command},
          {"version_before", said_or_null(database.version_before)},
          {"version_after", said_or_null(database.version_after)},
          {"fingerprint_before", said_or_null(database.fingerprint_before)},
          {"fingerprint_after", said_or_null(database.fingerprint_after)},
          {"migrations", std::move(migrations)}};
}

}  // namespace

namespace report {

Json release_document(const Release& release, bool is_current) {
  Json files = Json::array();
  for (const ReleaseFile& file : release.files) {
    files.push_back({{"path", file.path}, {"hash", file.hash}});
  }
  return {{"id", release.id},
          {"version", release.version},
          {"state", to_string(release.state)},
          {"current", is_current},
          {"good", release.good},
          {"mark", said_or_null(release.mark)},
          {"previous", said_or_null(release.previous)},
          {"previous_mark", said_or_null(release.previous_mark)},
          {"began", release.began},
          {"started", base::to_iso(release.started)},
          {"changed", base::to_iso(release.changed)},
          {"user", release.user},
          {"run", said_or_null(release.run)},
          {"problem", said_or_null(release.problem)},
          {"databases", Json::array({release_database_json(release.database)})},
          {"files", std::move(files)},
          {"snapshot_ms", took_or_null(release.snapshot_took)},
          {"migrations_ms", took_or_null(release.migrations_took)},
          {"start_ms", took_or_null(release.start_took)}};
}

Json run_document(const Run& run) {
  Json out = {{"schema_version", release_schema_version}};
  out.update(repository::to_json(run));
  return out;
}

}  // namespace report

std::string to_json(const Run& run) { return base::to_text(report::run_document(run)); }

std::string to_json(const Release& release, bool is_current) {
  Json out = {{"schema_version", release_schema_version}};
  out.update(report::release_document(release, is_current));
  return base::to_text(out);
}

std::string to_json(const std::vector<Release>& releases) {
  const std::set<std::string> current = current_releases(releases);
  Json list = Json::array();
  for (const Release& release : releases) {
    list.push_back(report::release_document(release, current.contains(release.id)));
  }
  return base::to_text({{"schema_version", release_schema_version}, {"releases", std::move(list)}});
}

std::string to_json(const std::vector<KnownGood>& versions) {
  Json list = Json::array();
  for (const KnownGood& each : versions) {
    list.push_back({{"version", each.version},
                    {"marked", base::to_iso(each.marked)},
                    {"user", each.user},
                    {"source", said_or_null(each.source)}});
  }
  return base::to_text({{"schema_version", release_schema_version}, {"versions", std::move(list)}});
}

}  // namespace dbrollback
