#include "engine/database/postgres/scratch_server.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>
#include <utility>

#include "engine/base/account.hpp"
#include "engine/base/child.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/client_programs.hpp"
#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

namespace fs = base::fs;
using base::cat;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* folder_name = "dbrollback-scratch-";
constexpr const char* port = "5432";
constexpr std::size_t longest_socket = 107;  // sockaddr_un(7): 108 bytes with the null at the end
constexpr std::size_t most_lines = 5;
constexpr std::uint64_t megabyte = 1U << 20U;
constexpr milliseconds look_again_after{20};
// The postmaster kills sessions that have not ended five seconds after SIGQUIT.
constexpr milliseconds wait_for_end{15000};

// Whom the server runs as; empty: this account.
std::string account_for(const std::string& configured) {
  if (::geteuid() != 0 || !configured.empty()) {
    return ::geteuid() == 0 ? configured : "";
  }
  return base::find_account("postgres") ? "postgres" : "nobody";
}

fs::path beginning_in(const fs::path& parent) {
  return fs::absolute(parent.empty() ? base::temporary_folder() : parent) / folder_name;
}

// A folder that belongs to the account alone, in one of ours, through which it has to come.
fs::path make_home(const base::TemporaryFolder& folder, const std::string& account) {
  fs::path home = folder.path() / "server";
  base::make_folder(home, 0700);
  if (!account.empty()) {
    base::set_mode(folder.path(), 0711);
    base::give_to(home, base::account_of(account));
  }
  return home;
}

// libpq takes a comma in a host for the end of its name.
bool can_hold_socket(std::string_view folder) {
  const std::string path = cat(folder, "/.s.PGSQL.", port);
  return path.size() <= longest_socket && path.find(',') == std::string::npos;
}

fs::path short_parent() {
  const fs::path temporary = fs::absolute(base::temporary_folder());
  return can_hold_socket(cat(temporary.string(), "/", folder_name, "01234567/server")) ? temporary : "/tmp";
}

std::uint64_t megabytes_of_memory(std::uint64_t part, std::uint64_t most) {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  const auto page_size = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
  return std::clamp<std::uint64_t>(pages * page_size / part / megabyte, 16, most);
}

// As its configuration file has a text: in single quotes.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'' || c == '\\') {
      out += c;
    }
  }
  return out + "'";
}

// A list's elements, each in double quotes.
std::string quoted(const std::vector<std::string>& list) {
  std::vector<std::string> elements(list.size());
  std::ranges::transform(list, elements.begin(), [](const std::string& element) { return quote(element); });
  return quoted(base::join(elements, ", "));
}

// All parameters that are not the server's defaults; each is known to versions 12 to 18.
std::string configuration(const ScratchOptions& options, const fs::path& socket_folder) {
  const std::uint64_t memory = megabytes_of_memory(16, 256);
  return cat(
      "listen_addresses = ''\n"
      "unix_socket_directories = ",
      quoted(std::vector{socket_folder.native()}), "\nport = ", port,
      // Nothing here outlives a crash: no file is synced, and a server that broke does not come back.
      "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nrestart_after_crash = off\n"
      "wal_level = minimal\nmax_wal_senders = 0\nmax_wal_size = 2GB\ncheckpoint_timeout = 1h\nautovacuum = off\njit = "
      "off\n"
      // A copy of a subscription must not begin to receive what the original does.
      "max_logical_replication_workers = 0\nmax_prepared_transactions = 0\n"
      // Shared memory as files: all of it goes with the folder, and /dev/shm of a container is small.
      "dynamic_shared_memory_type = mmap\nhuge_pages = off\n"
      "shared_buffers = ",
      memory, "MB\nmaintenance_work_mem = ", memory, "MB\nmax_connections = ", options.connections,
      "\nmax_locks_per_transaction = ", 256 + options.tables, "\nshared_preload_libraries = ", quoted(options.preload),
      // Statements hold what people wrote, and passwords: they are logged below a panic only.
      "\nlogging_collector = off\nlog_destination = 'stderr'\nlog_min_messages = warning\nlog_min_error_statement = "
      "panic\n"
      "log_error_verbosity = terse\nlog_line_prefix = ''\nlc_messages = 'C'\n");
}

// Why something has ended: the last lines that say it is fatal, otherwise the last lines. Never a statement, which the
// server writes below what it died of, in lines that a tab begins.
std::string last_lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::vector<std::string> fatal;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = base::printable(text.substr(at, end - at));
    if (end > at && text[at] != '\t' && line.find("STATEMENT:  ") == std::string::npos) {
      all.push_back(line);
      if (line.find("FATAL:  ") != std::string::npos || line.find("PANIC:  ") != std::string::npos) {
        fatal.push_back(line);
      }
    }
    at = end + 1;
  }
  std::vector<std::string>& said = fatal.empty() ? all : fatal;
  said.erase(said.begin(), said.end() - static_cast<std::ptrdiff_t>(std::min(said.size(), most_lines)));
  return said.empty() ? "it said nothing" : base::join(said, " | ");
}

[[noreturn]] void fail_start(const std::string& program, const fs::path& folder, const std::string& account,
                             const std::string& problem) {
  const std::string as = account.empty() ? "" : cat(" as ", base::printable(account));
  base::fail({.code = "no_scratch_server",
              .exit = Exit::failed,
              .message = cat("could not start a temporary PostgreSQL server", as, " in ",
                             base::printable(folder.parent_path().native()), ": ", program, ": ", problem),
              .object = folder.parent_path(),
              .state = "nothing of it is left, and nothing else was changed",
              .next = cat("mend what it says; ",
                          account.empty() ? ""
                                          : cat("TMPDIR must be a folder that ", base::printable(account),
                                                " can enter, and scratch_user names another account; "),
                          "or set scratch_url to a server for proofs")});
}

}  // namespace

// The server's own process, which ends those that it started.
class ScratchServer::Process {
 public:
  explicit Process(const base::Command& command) : child_(command) {}
  ~Process() {
    try {
      child_.signal(SIGQUIT);  // ends all sessions at once
      child_.signal(SIGCONT);
      const auto deadline = Clock::now() + wait_for_end;
      while (!child_.has_ended() && Clock::now() < deadline) {
        std::this_thread::sleep_for(look_again_after / 4);
      }
    } catch (const Error&) {  // somebody else has seen its end
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  Process(Process&&) = delete;
  Process& operator=(Process&&) = delete;

  [[nodiscard]] bool has_ended() { return child_.has_ended(); }

 private:
  base::Child child_;
};

ScratchServer::ScratchServer(const ScratchOptions& options)
    : account_(account_for(options.account)),
      folder_(beginning_in(options.parent)),
      home_(make_home(folder_, account_)),
      parameters_(Parameters::parse("")) {
  fs::path socket_folder = home_;
  if (!can_hold_socket(home_.string())) {
    socket_folder_.emplace(beginning_in(short_parent()));
    socket_folder = make_home(*socket_folder_, account_);
  }
  parameters_ =
      parameters_.with("host", socket_folder).with("port", port).with("user", "postgres").with("dbname", "postgres");
  if (const std::string elsewhere = parameters_.get("hostaddr"); !elsewhere.empty()) {
    base::fail_usage("server_elsewhere",
                     cat("PGHOSTADDR (or the service that PGSERVICE names) says ", base::printable(elsewhere),
                         ", and libpq would take a temporary server to be there"),
                     elsewhere, "unset it, and name the host in the database's url");
  }
  make_cluster(options);
  base::File(configuration_file(), base::File::Mode::create_new, 0644)
      .write(base::bytes_of(configuration(options, socket_folder)));
  start(options);
}

ScratchServer::~ScratchServer() = default;

void ScratchServer::make_cluster(const ScratchOptions& options) const {
  const base::Outcome outcome =
      base::run({.arguments = {options.programs / "initdb", "--no-sync", "--auth=trust", "--username=postgres",
                               "--encoding=UTF8", "--locale=C", cat("--pgdata=", (home_ / "data").native())},
                 .environment = {{"LC_ALL", "C"}},
                 .inherits = is_for_servers,
                 .folder = home_,
                 .timeout = options.start_timeout,
                 .tick = options.tick,
                 .as_user = account_,
                 .death_signal = SIGTERM});
  if (!outcome.succeeded()) {
    fail_start("initdb", folder_.path(), account_,
               outcome.timed_out ? cat("did not end within ", base::human_duration(options.start_timeout))
                                 : last_lines_of(outcome.messages));
  }
}

void ScratchServer::start(const ScratchOptions& options) {
  process_ =
      std::make_unique<Process>(base::Command{.arguments = {options.programs / "postgres", "-D", home_ / "data", "-c",
                                                            cat("config_file=", configuration_file().native())},
                                              .environment = {{"LC_ALL", "C"}},
                                              .inherits = is_for_servers,
                                              .folder = home_,
                                              .log = folder_.path() / "log",
                                              .as_user = account_,
                                              .death_signal = SIGQUIT});
  const auto deadline = Clock::now() + options.start_timeout;
  while (!is_ready()) {
    if (process_->has_ended()) {
      fail_start("postgres", folder_.path(), account_, last_lines());
    }
    if (Clock::now() > deadline) {
      fail_start("postgres", folder_.path(), account_,
                 cat("was not ready within ", base::human_duration(options.start_timeout), ": ", last_lines()));
    }
    if (options.tick) {
      options.tick();
    }
    std::this_thread::sleep_for(look_again_after);
  }
  ConnectionOptions connection;
  connection.connect_timeout = options.start_timeout;
  connection.tick = options.tick;
  (void)Connection(parameters_, connection);  // who reads PG… variables (PGSERVICE, PGREQUIREAUTH) is libpq
}

// https://www.postgresql.org/docs/current/storage-file-layout.html, postmaster.pid
bool ScratchServer::is_ready() const {
  const auto state = base::read_file(home_ / "data" / "postmaster.pid", 4096);
  return state && state->find("\nready") != std::string::npos;
}

std::string ScratchServer::last_lines() const {
  constexpr std::uint64_t most_bytes = 1U << 16U;
  const base::File log(folder_.path() / "log", base::File::Mode::read);
  const std::uint64_t size = log.size();
  std::string text(std::min(size, most_bytes), '\0');
  text.resize(log.read_at(size - text.size(), std::as_writable_bytes(std::span(text))));
  return last_lines_of(text);
}

void ScratchServer::require_running() {
  if (process_->has_ended()) {
    base::fail({.code = "scratch_server_ended",
                .exit = Exit::failed,
                .message = cat("the temporary PostgreSQL server in ",
                               base::printable(folder_.path().parent_path().native()), " has ended: ", last_lines()),
                .object = folder_.path().parent_path(),
                .state = "what was restored into it is gone; nothing else was changed",
                .next = "mend what it says (room on that disk, memory), then run this command again"});
  }
}

}  // namespace dbrollback::database::postgres
