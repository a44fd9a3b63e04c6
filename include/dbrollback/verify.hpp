// Proving snapshots.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dbrollback/repository.hpp"

namespace dbrollback {

// One thing that is wrong. `object` names the file, segment, table or page range.
struct Finding {
  std::string object;
  std::string problem;
};

struct VerifyReport {
  std::string id;
  Proof level = Proof::stored;
  bool ok = false;
  std::vector<Finding> damage;    // not empty exactly when !ok
  std::vector<Finding> warnings;  // facts about the data itself, such as orphaned rows that the source had too
  std::uint64_t frames = 0;
  std::uint64_t stored_bytes = 0;
  std::uint64_t tables = 0;
  std::uint64_t rows = 0;
  std::chrono::milliseconds duration{};
  std::chrono::milliseconds restore_duration{};  // of the restore that `restored` did; 0: none
};

// A snapshot whose verification could not be carried out.
struct VerifyFailure {
  std::string id;
  std::string message;  // why
};

struct VerifyOptions {
  Proof level = Proof::stored;
  std::filesystem::path scratch;  // where `restored` makes its temporary database; empty: $TMPDIR or /tmp
  // PostgreSQL: how `restored` restores: its jobs, pg_bin, scratch_url and scratch_user.
  DatabaseConfig database = {};
};

// Verifies one snapshot and records the outcome beside its manifest. Damage is in the report, not an exception; Error
// is for what kept the verification from running (no room for the scratch database, an unreadable repository). The
// snapshot itself is never changed.
[[nodiscard]] VerifyReport verify(Repository& repository, const std::string& id, const VerifyOptions& options,
                                  Observer& observer);

}  // namespace dbrollback
