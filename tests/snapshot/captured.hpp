// Snapshots of a real SQLite file, one after another, in a store in memory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/random.hpp"
#include "engine/database/sqlite/connection.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/reader.hpp"
#include "tests/support/memory_store.hpp"

namespace dbrollback::test {

class Captured {
 public:
  explicit Captured(std::uint64_t segment_bytes = 1U << 20U) : store(segment_bytes) { key.fill(std::byte{7}); }
  ~Captured() { std::filesystem::remove(file_); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  Captured(Captured&&) = delete;
  Captured& operator=(Captured&&) = delete;

  void sql(const std::string& text) {
    database::sqlite::Connection(file_.native(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::seconds(1))
        .execute(text);
  }

  // Takes a snapshot; `parent` empty: one that stands alone.
  SnapshotDetails take(const std::string& parent = {}, bool tolerate_damage = false) {
    Observer observer;
    const auto before = parent.empty() ? nullptr : std::make_unique<snapshot::Parent>(store, parent, key);
    const auto view = database::open_file(file_)->open_view({}, observer);
    SnapshotOptions options;
    DatabaseConfig config;
    config.name = "app";
    const std::string digits = std::to_string(++taken_ + 1000);
    return snapshot::capture(*view, store, config, options,
                             {.id = "20261121T000000Z-" + digits,
                              .lineage = "0123456789abcdef",
                              .created = {},
                              .tolerate_damage = tolerate_damage,
                              .page_key = &key,
                              .parent = before.get()},
                             observer);
  }

  // The pages that a snapshot gives.
  base::Bytes pages_of(const std::string& id) {
    const snapshot::SnapshotReader reader(store, id);
    snapshot::SnapshotReader::Scratch scratch;
    base::Bytes all(reader.manifest().summary.raw_bytes);
    if (!all.empty()) {
      reader.read(0, reader.manifest().page_count, all, scratch);
    }
    return all;
  }

  MemoryStore store;
  base::Mac::Key key{};

 private:
  std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("captured-" + base::random_hex(8) + ".db");
  int taken_ = 0;
};

// 64 pages of 512 bytes and some: a table, an index, rows that do not compress.
inline void fill(Captured& captured, int rows) {
  captured.sql(
      "PRAGMA page_size = 512; CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v TEXT, n INT); CREATE INDEX IF "
      "NOT EXISTS t_n ON t(n); WITH RECURSIVE i(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM i WHERE x < " +
      std::to_string(rows) + ") INSERT INTO t(v, n) SELECT hex(randomblob(100)), x FROM i");
}

}  // namespace dbrollback::test
