// Where snapshots live.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"

namespace dbrollback {

namespace repository {
class Store;
}

// A handle on a repository folder. Movable, not copyable; one thread at a time. Several processes may use the same
// repository at once: writers hold a shared lock, `prune` an exclusive one, both released by the kernel when their
// process dies.
class Repository {
 public:
  // Creates the folder (0700, files 0600; with `group`, 2770 and 0660 for that group) and its marker file.
  // Errors: Exit::refused when the folder holds something else, Exit::failed when it cannot be written.
  // Does nothing when it is a repository already.
  static Repository create(const std::filesystem::path& folder, const std::string& group = {});

  // Errors: Exit::usage when there is no repository, Exit::failed when its format is newer than this program.
  static Repository open(const std::filesystem::path& folder);

  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;
  ~Repository();

  [[nodiscard]] std::filesystem::path folder() const;

  // Oldest first. `database` empty: of all databases. Snapshots whose manifest cannot be read are listed as damaged.
  [[nodiscard]] std::vector<SnapshotSummary> list(const std::string& database = {});

  // `spec` is a full id, a unique beginning of one, `latest`, or `before:V`; `database` narrows the choice. `latest` is
  // never a snapshot that a restore took of the state before it: restoring `latest` twice must not bring that back. Nor
  // is it one of chosen tables only.
  // Errors: Exit::usage when nothing or more than one snapshot fits, naming the candidates.
  [[nodiscard]] SnapshotSummary resolve(const std::string& spec, const std::string& database = {});

  [[nodiscard]] SnapshotDetails details(const std::string& id);

  // A pinned snapshot is never pruned.
  void pin(const std::string& id, const std::string& reason);
  void unpin(const std::string& id);

  // Builds the catalog again from the manifests; returns how many snapshots it now holds.
  std::size_t rebuild_catalog();

  [[nodiscard]] repository::Store& store();

 private:
  explicit Repository(std::unique_ptr<repository::Store> store);
  std::unique_ptr<repository::Store> store_;
};

// A snapshot that came as a tar stream, unpacked into a folder of its own that is removed with this object.
class SpooledSnapshot {
 public:
  // Reads a tar from `fd` (not closed) until its end into a new folder under `spool` (empty: $TMPDIR or /tmp), tells
  // the observer where, and stops when the disk would run out of room. Errors: Exit::damaged for a stream that ends
  // early, holds anything but one snapshot's files, or names a path outside its folder.
  SpooledSnapshot(int fd, const std::filesystem::path& spool, Observer& observer);
  ~SpooledSnapshot();
  SpooledSnapshot(const SpooledSnapshot&) = delete;
  SpooledSnapshot& operator=(const SpooledSnapshot&) = delete;
  SpooledSnapshot(SpooledSnapshot&&) = delete;
  SpooledSnapshot& operator=(SpooledSnapshot&&) = delete;

  [[nodiscard]] Repository& repository();
  [[nodiscard]] const std::string& id() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dbrollback
