// A snapshot of a server's database, in any store.
#pragma once

#include "engine/snapshot/capture.hpp"

namespace dbrollback::test {

inline SnapshotDetails capture_rows(database::View& view, storage::ObjectStore& store, const std::string& id) {
  Observer observer;
  DatabaseConfig config;
  config.name = "app";
  return snapshot::capture(view, store, config, {},
                           {.id = id,
                            .lineage = "0123456789abcdef",
                            .created = {},
                            .tolerate_damage = false,
                            .page_key = nullptr,
                            .parent = nullptr},
                           observer);
}

}  // namespace dbrollback::test
