#include "dbrollback/verify.hpp"

#include "engine/repository/run_record.hpp"
#include "engine/restore/prove.hpp"

namespace dbrollback {

VerifyReport verify(Repository& repository, const std::string& id, const VerifyOptions& options, Observer& observer) {
  repository::Store& store = repository.store();
  const auto shared = store.share(std::chrono::seconds(5));
  VerifyReport report;
  repository::RunRecord record{.command = "verify", .database = store.listed_summary(id).database, .facts = {}};
  record.facts.emplace_back("snapshot", id);
  record.facts.emplace_back("level", to_string(options.level));
  repository::recorded(store, record, observer, [&] {
    report = restore::prove(store, id, options, observer);
    record.facts.emplace_back("damage", std::to_string(report.damage.size()));
    record.facts.emplace_back("restore_ms", std::to_string(report.restore_duration.count()));
  });
  return report;
}

}  // namespace dbrollback
