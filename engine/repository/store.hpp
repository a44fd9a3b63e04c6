// A repository: an object store with a marker, locks, lineages and sidecars. What the public Repository stands on.
//
//   dbrollback.repository     the marker: format version, permissions
//   snapshots/<id>/           one folder a snapshot; it exists once manifest.json does. With manifest.sum and without
//                             manifest.json and its unfinished object, it has lost its manifest
//     proof.json, pin.json    what was verified, and why it must stay: sealed, replaced as a whole
//   databases/<name>.json     the lineage of each database name
//   runs/<id>.json            one record a command
//   journals/<hash>.json      a deploy or a rollback that is under way, or died: one a database
//   releases/<id>.json        what went live with which state of the database: sealed, replaced as a whole
//   known-good.json           the versions that are marked as good
//   kept/<hash>               files that are kept with releases, compressed; a folder is a list of such files
//   migrations/<hash>.json    a migration that a run left half way
//   rehearsals/<hash>.json    what a migration and its way back lose
//   page-tags.key             the secret by which the tags of pages are made
//   locks/                    files for flock(2); their content means nothing
//   catalog.db                an index over the manifests, made again when it is lost
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dbrollback/repository.hpp"
#include "engine/base/lock.hpp"
#include "engine/base/mac.hpp"
#include "engine/storage/local/local_store.hpp"

namespace dbrollback::repository {

class Catalog;

// What a verification found out, kept beside the manifest.
struct ProofRecord {
  Proof level = Proof::none;
  Time at{};
  bool damaged = false;
  struct TableContent {
    std::string name;
    std::uint64_t rows = 0;
    std::string hash;
  };
  std::vector<TableContent> contents;            // from `content` on
  std::chrono::milliseconds restore_duration{};  // of the restore that `restored` did; 0: none
};

class Store {
 public:
  static std::unique_ptr<Store> create(const base::fs::path& folder, const std::string& group);
  static std::unique_ptr<Store> open(const base::fs::path& folder);
  Store(base::fs::path folder, storage::Permissions permissions);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  Store(Store&&) = delete;
  Store& operator=(Store&&) = delete;

  [[nodiscard]] const base::fs::path& folder() const { return folder_; }
  [[nodiscard]] storage::ObjectStore& objects() { return objects_; }
  [[nodiscard]] Catalog& catalog();

  // Ids of everything under snapshots/, whole or not.
  [[nodiscard]] std::vector<std::string> snapshot_folders();
  [[nodiscard]] bool is_published(const std::string& id);
  // It was published once: somebody must look at it, and nobody sweeps it away.
  [[nodiscard]] bool lost_its_manifest(const std::string& id);
  [[nodiscard]] SnapshotSummary summary(const std::string& id);  // throws when its manifest cannot be read
  // For who must see it all the same: a manifest that cannot be read gives a damaged summary with a reason.
  [[nodiscard]] SnapshotSummary listed_summary(const std::string& id);

  [[nodiscard]] std::optional<ProofRecord> read_proof(const std::string& id);  // throws when it is damaged
  void write_proof(const std::string& id, const ProofRecord& proof);
  [[nodiscard]] std::optional<std::string> read_pin(const std::string& id);
  void write_pin(const std::string& id, const std::string& reason);
  void remove_pin(const std::string& id);

  // The lineage bound to a database's name; made when there is none yet. `identity`: as of database::Database. A name
  // that came from a URL or a path alone must not mean two databases: Error (Exit::refused), but for a file when the
  // one that the name was bound to is gone.
  [[nodiscard]] std::string lineage_of(const DatabaseConfig& database, const std::string& identity);

  // The secret that tags pages; made when there is none yet. Throws Error (Exit::damaged) when it cannot be read.
  [[nodiscard]] base::Mac::Key page_key();

  // Error (Exit::failed) where this account may not add to the repository.
  void require_writable() const;

  // Held by everybody who reads or writes snapshots; prune takes it alone.
  [[nodiscard]] base::FileLock share(std::chrono::milliseconds timeout);
  [[nodiscard]] base::FileLock lock_alone(std::chrono::milliseconds timeout);
  // One snapshot or restore of a database at a time. `shown`: for the message.
  [[nodiscard]] base::FileLock lock_database(const std::string& identity, const std::string& shown);
  // One deploy or way back of a database at a time, and none while a command still migrates that an earlier one
  // started. Does not wait.
  [[nodiscard]] base::FileLock lock_release(const std::string& identity, const std::string& shown);
  // For a command that migrates, and which may outlive us. Does not wait.
  [[nodiscard]] base::FileLock lock_command(const std::string& identity, const std::string& shown);
  // Held by who changes the list of known good versions.
  [[nodiscard]] base::FileLock lock_known_good(std::chrono::milliseconds timeout);
  // The snapshots that other ones refer to: who removes any must look here first.
  [[nodiscard]] std::set<std::string> holders();
  // Removes what crashed writers left, when nobody else is at work; returns the ids of unfinished snapshots.
  std::vector<std::string> sweep();
  // Takes a snapshot, whole or not, out of the repository: wherever this ends, it is whole or unfinished.
  void remove_snapshot(const std::string& id);

 private:
  [[nodiscard]] base::fs::path lock_path(const std::string& name);
  void add_proof_and_pin(SnapshotSummary& summary);

  base::fs::path folder_;
  storage::Permissions permissions_;
  storage::LocalStore objects_;
  std::unique_ptr<Catalog> catalog_;
};

}  // namespace dbrollback::repository
