// A PostgreSQL server of our own, for as long as a proof takes: nobody else can reach it, and nothing of it stays.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/temporary_folder.hpp"
#include "engine/database/postgres/parameters.hpp"

namespace dbrollback::database::postgres {

struct ScratchOptions {
  base::fs::path programs;     // the folder of initdb and postgres: find_server_programs
  base::fs::path parent = {};  // of its folder, which holds all that is restored; empty: the temporary folder
  std::string account = {};    // that runs it for root; empty: postgres, and where there is none, nobody
  unsigned connections = 20;   // at the same time
  std::size_t tables = 5000;   // that each of them can lock in one transaction
  std::vector<std::string> preload = {};  // shared_preload_libraries
  std::chrono::milliseconds start_timeout{120000};
  std::function<void()> tick = {};  // asked about ten times a second while it starts; what it throws comes out
};

// A new cluster (UTF8, locale C) in a folder "dbrollback-scratch-…", and its server. It makes no promise about power
// that fails, listens on a unix socket that only its account and root can reach, and asks for no password. The folder
// goes with this object; one that a killed command left in the same parent is removed by the next.
class ScratchServer {
 public:
  // Returns when it accepts connections. The kernel ends the server at once when the thread that makes this dies, so
  // that thread has to live as long as the server is wanted. Errors (Exit::failed): "no_scratch_server" with the last
  // lines that initdb or the server wrote; "no_program"; as of Connection; Exit::usage "no_user", and
  // "server_elsewhere" where PGHOSTADDR would lead to another server. After a failure nothing is left.
  explicit ScratchServer(const ScratchOptions& options);
  ~ScratchServer();
  ScratchServer(const ScratchServer&) = delete;
  ScratchServer& operator=(const ScratchServer&) = delete;
  ScratchServer(ScratchServer&&) = delete;
  ScratchServer& operator=(ScratchServer&&) = delete;

  // Of its superuser, in the database "postgres".
  [[nodiscard]] const Parameters& parameters() const { return parameters_; }
  // Throws Error "scratch_server_ended" (Exit::failed) with the last lines of its log when it has ended by itself (its
  // disk is full, or somebody killed it): what sessions see of that is a lost connection.
  void require_running();

 private:
  class Process;

  void make_cluster(const ScratchOptions& options) const;
  void start(const ScratchOptions& options);
  [[nodiscard]] bool is_ready() const;
  // Not in the account's own folder, where it could lead us anywhere.
  [[nodiscard]] base::fs::path configuration_file() const { return folder_.path() / "postgresql.conf"; }
  [[nodiscard]] std::string last_lines() const;

  std::string account_;  // empty: our own
  base::TemporaryFolder folder_;
  std::optional<base::TemporaryFolder> socket_folder_;  // where the folder's own path is too long for a socket
  base::fs::path home_;                                 // in the folder: what belongs to the account
  Parameters parameters_;
  std::unique_ptr<Process> process_;
};

}  // namespace dbrollback::database::postgres
