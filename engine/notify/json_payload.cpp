#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "engine/base/time.hpp"
#include "engine/notify/payload.hpp"
#include "engine/notify/words.hpp"

namespace dbrollback::notify {

using base::Json;

namespace {

constexpr int payload_version = 1;

Json error_json(const Run& run) {
  if (!run.error) return {};
  return {{"code", run.error->code},
          {"message", run.error->message},
          {"object", run.error->object},
          {"state", run.error->state},
          {"next", run.error->next}};
}

Json losses_json(const Run& run) {
  Json out = Json::array();
  for (const RunLoss& loss : run.losses) {
    out.push_back({{"object", loss.object},
                   {"rows", loss.rows ? Json(*loss.rows) : Json()},
                   {"estimated", loss.estimated},
                   {"what", loss.what}});
  }
  return out;
}

}  // namespace

std::string json_payload(Event event, const Run& run) {
  const Json out = {{"schema_version", payload_version},
                    {"event", name_of(event)},
                    {"text", whole_line(event, run)},
                    {"run", run.id},
                    {"command", run.command},
                    {"database", run.database},
                    {"from", run.fact("from")},
                    {"to", run.fact("to")},
                    {"user", run.user},
                    {"host", run.host},
                    {"started", base::to_iso(run.started)},
                    {"finished", run.finished ? Json(base::to_iso(*run.finished)) : Json()},
                    {"exit", run.finished ? Json(static_cast<int>(run.exit)) : Json()},
                    {"error", error_json(run)},
                    {"losses", losses_json(run)}};
  return base::to_text(out);
}

}  // namespace dbrollback::notify
