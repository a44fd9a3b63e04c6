#include <algorithm>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/compare/comparison.hpp"
#include "engine/database/require_url.hpp"

namespace dbrollback::compare {

namespace {

using Engine = DatabaseConfig::Engine;

Engine engine_of(const std::optional<SnapshotDetails>& manifest, const DatabaseConfig& live) {
  return !manifest ? live.engine : manifest->postgres ? Engine::postgres : Engine::sqlite;
}

}  // namespace

std::unique_ptr<Comparison> open_comparison(repository::Store& store, const DatabaseConfig& database,
                                            const Manifests& manifests, Observer& observer) {
  const auto& [a, b] = manifests;
  if (!a || !b) {
    database::require_url(database);
  }
  if (engine_of(a, database) != engine_of(b, database)) {
    const SnapshotDetails& stored = a ? *a : *b;
    base::fail_usage("other_engine",
                     base::cat("what is to be compared is not of one kind: ", stored.summary.id, " is of ",
                               stored.postgres ? "a PostgreSQL database" : "an SQLite database", ", the other is not"),
                     stored.summary.id, "`dbrollback list` shows which snapshots are of which database");
  }
  return engine_of(a, database) == Engine::postgres ? open_rows(store, database, manifests, observer)
                                                    : open_pages(store, database, manifests, observer);
}

}  // namespace dbrollback::compare
