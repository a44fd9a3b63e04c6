#include "engine/snapshot/summary_json.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/fail.hpp"
#include "engine/base/time.hpp"

namespace dbrollback {

const char* to_string(Proof level) {
  switch (level) {
    case Proof::none:
      return "none";
    case Proof::stored:
      return "stored";
    case Proof::content:
      return "content";
    case Proof::restored:
      break;
  }
  return "restored";
}

std::optional<Proof> proof_from_string(std::string_view text) {
  for (const Proof level : {Proof::none, Proof::stored, Proof::content, Proof::restored}) {
    if (text == to_string(level)) {
      return level;
    }
  }
  return std::nullopt;
}

namespace snapshot {

using base::Json;

Json to_json(const SnapshotSummary& summary) {
  return {{"id", summary.id},
          {"database", summary.database},
          {"lineage", summary.lineage},
          {"engine", summary.engine},
          {"created", base::to_iso(summary.created)},
          {"duration_ms", summary.duration.count()},
          {"app_version", summary.app_version},
          {"reason", summary.reason},
          {"partial", summary.partial},
          {"raw_bytes", summary.raw_bytes},
          {"stored_bytes", summary.stored_bytes},
          {"tables", summary.tables},
          {"rows", summary.rows},
          {"failed_checks", summary.failed_checks},
          {"proof", to_string(summary.proof)},
          {"proven_at", summary.proven_at ? Json(base::to_iso(*summary.proven_at)) : Json()},
          {"damaged", summary.damaged},
          {"pinned", summary.pinned},
          {"pin_reason", summary.pin_reason},
          {"parent", summary.parent.empty() ? Json() : Json(summary.parent)},
          {"holders", summary.holders}};
}

SnapshotSummary summary_from_json(const Json& json) {
  try {
    SnapshotSummary out;
    out.id = json.at("id").get<std::string>();
    out.database = json.at("database").get<std::string>();
    out.lineage = json.at("lineage").get<std::string>();
    out.engine = json.at("engine").get<std::string>();
    out.created = base::time_from_iso(json.at("created").get<std::string>()).value_or(Time{});
    out.duration = std::chrono::milliseconds(json.at("duration_ms").get<std::int64_t>());
    out.app_version = json.at("app_version").get<std::string>();
    out.reason = json.at("reason").get<std::string>();
    out.partial = json.at("partial").get<bool>();
    out.raw_bytes = json.at("raw_bytes").get<std::uint64_t>();
    out.stored_bytes = json.at("stored_bytes").get<std::uint64_t>();
    out.tables = json.at("tables").get<std::uint64_t>();
    out.rows = json.at("rows").get<std::uint64_t>();
    out.failed_checks = json.at("failed_checks").get<std::uint64_t>();
    out.proof = proof_from_string(json.at("proof").get<std::string>()).value_or(Proof::none);
    if (json.at("proven_at").is_string()) {
      out.proven_at = base::time_from_iso(json.at("proven_at").get<std::string>());
    }
    out.damaged = json.at("damaged").get<bool>();
    out.pinned = json.at("pinned").get<bool>();
    out.pin_reason = json.at("pin_reason").get<std::string>();
    out.parent = json.at("parent").is_string() ? json.at("parent").get<std::string>() : "";
    out.holders = json.at("holders").get<std::vector<std::string>>();
    return out;
  } catch (const Json::exception& error) {
    base::fail({.code = "damaged_document",
                .exit = Exit::damaged,
                .message = std::string("a snapshot's summary is damaged: ") + error.what(),
                .object = {},
                .state = {},
                .next = {}});
  }
}

}  // namespace snapshot
}  // namespace dbrollback
