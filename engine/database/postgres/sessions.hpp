// The sessions of one snapshot: the one that took it, those that copy, and pg_dump's. Each needs its own locks, and
// whoever asks for a greater lock meanwhile makes the later ones wait behind him, while he waits for the first: so all
// are taken at once, at the beginning, and when one cannot be had everything is let go and begun again.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/exported_snapshot.hpp"

namespace dbrollback::database::postgres {

class Sessions {
 public:
  // `jobs` sessions that copy, at least one. `places`: of pg_dump; without them there is no archive. Begins again for
  // as long as a lock may be waited for: then Error "somebody_waits" (Exit::busy). Other errors as of ExportedSnapshot,
  // find_client_programs and dump_schema.
  Sessions(const Parameters& parameters, const ConnectionOptions& options, unsigned jobs,
           const std::optional<ClientPlaces>& places);

  [[nodiscard]] ExportedSnapshot& snapshot() { return *snapshot_; }
  [[nodiscard]] unsigned jobs() const { return static_cast<unsigned>(copying_.size()); }
  // Number `number` of those that copy; in the snapshot, with a lock on every table.
  [[nodiscard]] Connection& copying(unsigned number) { return *copying_[number]; }
  [[nodiscard]] const base::Bytes& schema_archive() const { return archive_; }

 private:
  bool try_to_begin(const Parameters& parameters, const ConnectionOptions& options,
                    const std::optional<ClientPrograms>& programs);
  bool dump(const ConnectionOptions& options, const ClientPrograms& programs);

  std::unique_ptr<ExportedSnapshot> snapshot_;
  std::vector<std::unique_ptr<Connection>> copying_;
  base::Bytes archive_;
};

}  // namespace dbrollback::database::postgres
