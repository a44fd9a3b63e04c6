// The sessions of one snapshot: the one that took it, those that copy, and pg_dump's. Each needs its own locks, and
// whoever asks for a greater lock meanwhile makes the later ones wait behind him, while he waits for the first: so all
// are taken at once, at the beginning, and when one cannot be had everything is let go and begun again.
//
// So it is when the schema changes before it was read: it would not be the snapshot's (see schema_marks.hpp), and
// reading what has been dropped fails.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/exported_snapshot.hpp"

namespace dbrollback::database::postgres {

class Sessions {
 public:
  // `jobs` sessions that copy, at least one. `places`: of pg_dump; without them there is no archive. Begins again for
  // as long as a lock may be waited for: then Error "somebody_waits" (Exit::busy); so when somebody waits for a lock of
  // ours for longer than `yield_after` while pg_dump reads. Other errors as of ExportedSnapshot,
  // find_client_programs, dump_schema and describe.
  Sessions(const Parameters& parameters, const ConnectionOptions& options, unsigned jobs,
           std::chrono::milliseconds yield_after, const std::optional<ClientPlaces>& places,
           const TableChoice& choice = {});

  [[nodiscard]] ExportedSnapshot& snapshot() { return *snapshot_; }
  // Of those that copy.
  [[nodiscard]] std::vector<int> pids() const;
  [[nodiscard]] unsigned jobs() const { return static_cast<unsigned>(copying_.size()); }
  // Number `number` of those that copy; in the snapshot, with a lock on every table.
  [[nodiscard]] Connection& copying(unsigned number) { return *copying_[number]; }
  [[nodiscard]] const base::Bytes& schema_archive() const { return archive_; }
  [[nodiscard]] const Description& description() const { return description_; }
  // Of the description's tables, in their order.
  [[nodiscard]] const std::vector<Relation>& tables() const { return tables_; }

 private:
  bool try_to_begin(const Parameters& parameters, const ConnectionOptions& options,
                    const std::optional<ClientPrograms>& programs, const TableChoice& choice);
  bool try_to_describe(const ConnectionOptions& options, const std::optional<ClientPrograms>& programs);
  void read_description(std::vector<std::string>& marks);
  void dump(const ClientPrograms& programs, const std::function<void()>& tick);
  bool may_be_chance(const Error& error);

  std::chrono::milliseconds yield_after_;

  std::unique_ptr<ExportedSnapshot> snapshot_;
  std::vector<std::unique_ptr<Connection>> copying_;
  base::Bytes archive_;
  std::vector<Relation> tables_;
  Description description_;
  std::string last_failure_;
};

}  // namespace dbrollback::database::postgres
