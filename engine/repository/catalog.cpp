#include "engine/repository/catalog.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "dbrollback/error.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/database/sqlite/connection.hpp"
#include "engine/repository/store.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/segment_writer.hpp"
#include "engine/snapshot/summary_json.hpp"
#include "engine/snapshot/verify_stored.hpp"

namespace dbrollback::repository {

using database::sqlite::Connection;
using database::sqlite::Statement;

namespace {

constexpr int schema_version = 3;

// Changes whenever a file that a summary is made of does.
std::string stamp_of(Store& store, const std::string& id) {
  std::string stamp;
  for (const auto file : {snapshot::manifest_file, snapshot::proof_file, snapshot::pin_file}) {
    const auto stat = store.objects().stat(snapshot::object_name(id, std::string(file)));
    stamp += stat ? base::cat(stat->modified_ns, ":", stat->size, " ") : "- ";
  }
  return stamp;
}

}  // namespace

class Catalog::Index {
 public:
  explicit Index(const std::string& path)
      : connection_(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::seconds(2)) {
    // It can always be made again: speed before durability.
    connection_.execute("PRAGMA synchronous=OFF");
    if (connection_.integer("PRAGMA user_version") != schema_version) {
      connection_.execute(
          base::cat("BEGIN IMMEDIATE; DROP TABLE IF EXISTS snapshot; CREATE TABLE snapshot("
                    "id TEXT PRIMARY KEY, stamp TEXT NOT NULL, summary TEXT NOT NULL); PRAGMA user_version=",
                    schema_version, "; COMMIT"));
    }
  }

  [[nodiscard]] std::map<std::string, std::string> stamps() {
    std::map<std::string, std::string> out;
    Statement rows(connection_, "SELECT id, stamp FROM snapshot");
    while (rows.step()) {
      out[rows.text(0)] = rows.text(1);
    }
    return out;
  }

  [[nodiscard]] std::vector<SnapshotSummary> summaries() {
    std::vector<SnapshotSummary> out;
    Statement rows(connection_, "SELECT id, summary FROM snapshot ORDER BY id");
    while (rows.step()) {
      out.push_back(snapshot::summary_from_json(base::parse_json(rows.text(1), "the catalog")));
    }
    std::ranges::stable_sort(out, {}, &SnapshotSummary::created);
    return out;
  }

  void begin() { connection_.execute("BEGIN IMMEDIATE"); }
  void commit() { connection_.execute("COMMIT"); }
  void put(const std::string& id, const std::string& stamp, const SnapshotSummary& summary) {
    run("INSERT OR REPLACE INTO snapshot(id, stamp, summary) VALUES (?1, ?2, ?3)",
        {id, stamp, base::to_text(snapshot::to_json(summary))});
  }
  void remove(const std::string& id) { run("DELETE FROM snapshot WHERE id = ?1", {id}); }
  void clear() { run("DELETE FROM snapshot", {}); }

 private:
  void run(const char* sql, const std::vector<std::string>& values) {
    Statement statement(connection_, sql);
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
      statement.bind(i + 1, values[static_cast<std::size_t>(i)]);
    }
    (void)statement.step();
  }

  Connection connection_;
};

Catalog::Catalog(Store& store, base::fs::path file, mode_t permissions)
    : store_(&store), file_(std::move(file)), permissions_(permissions) {}
Catalog::~Catalog() = default;

void Catalog::open() {
  try {
    if (!base::stat_file(file_)) {
      const base::File created(file_, base::File::Mode::create, permissions_);
    }
    index_ = std::make_unique<Index>(file_.native());
  } catch (const Error& error) {
    if (error.code() == "damaged_database" || error.code() == "not_a_database") {
      remove();
      const base::File created(file_, base::File::Mode::create, permissions_);
      index_ = std::make_unique<Index>(file_.native());
    } else {
      index_ = std::make_unique<Index>(":memory:");  // a repository that this account may only read
    }
  }
}

void Catalog::remove() {
  base::remove_file(file_);
  base::remove_file(file_.native() + "-journal");
}

void Catalog::refresh() {
  std::map<std::string, std::string> known = index_->stamps();
  std::vector<std::pair<std::string, std::string>> behind;
  for (const auto& id : store_->snapshot_folders()) {
    if (!store_->is_published(id) && !store_->lost_its_manifest(id)) {
      continue;
    }
    const std::string stamp = stamp_of(*store_, id);
    const auto at = known.find(id);
    if (at == known.end() || at->second != stamp) {
      behind.emplace_back(id, stamp);
    }
    if (at != known.end()) {
      known.erase(at);
    }
  }
  if (behind.empty() && known.empty()) {
    return;
  }
  index_->begin();
  base::reached("catalog begun");
  for (const auto& [id, stamp] : behind) {
    const SnapshotSummary summary = store_->listed_summary(id);
    // What could not be read may be readable to another account, or to a newer program: it is looked at each time.
    index_->put(id, summary.lineage.empty() ? "" : stamp, summary);
  }
  for (const auto& [id, stamp] : known) {
    index_->remove(id);
  }
  base::reached("catalog filled");
  index_->commit();
  base::reached("catalog committed");
}

std::vector<SnapshotSummary> Catalog::all() {
  for (int tries = 0;; ++tries) {
    try {
      if (!index_) {
        open();
      }
      refresh();
      return index_->summaries();
    } catch (const Error& error) {
      index_.reset();
      if (tries == 2) {
        throw;
      }
      const bool other_reason = error.exit() == Exit::busy || error.code() == "no_permission" ||
                                error.code() == "read_only" || error.code() == "no_room";
      if (tries == 1 || other_reason) {
        index_ = std::make_unique<Index>(":memory:");
      } else {
        remove();
      }
    }
  }
}

std::size_t Catalog::rebuild() {
  try {
    if (!index_) {
      open();
    }
    index_->begin();
    index_->clear();
    index_->commit();
  } catch (const Error&) {  // whatever is wrong with it: what is made again needs nothing of it
    index_.reset();
    remove();
  }
  base::reached("catalog emptied");
  return all().size();
}

}  // namespace dbrollback::repository
