#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "engine/base/text.hpp"

namespace dbrollback::test {

using base::cat;

namespace {

// The folder of the newest version that has this program; empty: none has.
fs::path newest(const std::string& program) {
  fs::path found;
  int version = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int number = std::atoi(entry.path().filename().c_str());
    if (number > version && fs::exists(entry.path() / "bin" / program)) {
      version = number;
      found = entry.path() / "bin";
    }
  }
  return found;
}

fs::path server_programs() {
  const char* told = std::getenv("DBROLLBACK_PG_BIN");
  return told != nullptr ? fs::path(told) : newest("initdb");
}

std::string content(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

pid_t spawn(const std::vector<std::string>& words, const fs::path& folder, const fs::path& said) {
  std::vector<char*> arguments;
  for (const auto& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int out = ::open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    (void)::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    (void)::dup2(out, STDOUT_FILENO);
    (void)::dup2(out, STDERR_FILENO);
    (void)::chdir(folder.c_str());
    (void)::setenv("LC_ALL", "C.UTF-8", 1);
    (void)::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  return child;
}

// What it said when it failed.
std::string run(const std::vector<std::string>& words, const fs::path& folder) {
  const fs::path said = folder / "said";
  fs::remove(said);
  int status = 0;
  (void)::waitpid(spawn(words, folder, said), &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : cat(words.front(), " failed: ", content(said));
}

}  // namespace

std::string PostgresServer::missing() {
  if (server_programs().empty()) {
    return "no PostgreSQL server is installed: apt-get install postgresql";
  }
  return ::geteuid() == 0 && ::getpwnam("postgres") == nullptr
             ? "root cannot run PostgreSQL, and no user postgres exists"
             : "";
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  std::string pattern = "/tmp/dbr-unit-pg-XXXXXX";  // a socket's path is short
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  folder_ = pattern;
  const fs::path data = folder_ / "cluster";
  fs::create_directory(data);
  if (::geteuid() == 0) {
    const passwd* owner = ::getpwnam("postgres");
    fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    (void)::chown(data.c_str(), owner->pw_uid, owner->pw_gid);
  }
  try {
    const std::string failed = run(as_owner({server_programs() / "initdb", "--no-sync", "-A", "trust", "-U", "postgres",
                                             "-E", "UTF8", "--locale=C", "-D", data / "data"}),
                                   folder_);
    if (!failed.empty()) {
      throw std::runtime_error(failed);
    }
    start();
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    throw;
  }
}

void PostgresServer::start() {
  process_ = spawn(as_owner({server_programs() / "postgres", "-D", folder_ / "cluster" / "data", "-c", "fsync=off",
                             "-c", "listen_addresses=", "-c", "max_prepared_transactions=5", "-c", "wal_level=logical",
                             "-c", cat("unix_socket_directories=", (folder_ / "cluster").native())}),
                   folder_, folder_ / "log");
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!ready()) {
    if (::waitpid(process_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("the server does not start: " + content(folder_ / "log"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

bool PostgresServer::ready() const {
  const std::string state = content(folder_ / "cluster" / "data" / "postmaster.pid");
  return state.find("\nready") != std::string::npos;
}

PostgresServer::~PostgresServer() {
  (void)::kill(process_, SIGQUIT);
  (void)::waitpid(process_, nullptr, 0);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::vector<std::string> PostgresServer::as_owner(std::vector<std::string> words) const {
  std::vector<std::string> first{"setpriv", "--pdeathsig", "QUIT"};
  if (::geteuid() == 0) {
    first.insert(first.end(), {"--reuid", "postgres", "--regid", "postgres", "--init-groups"});
  }
  words.insert(words.begin(), first.begin(), first.end());
  return words;
}

std::string PostgresServer::url(const std::string& database, const std::string& user) const {
  return cat("postgresql://", user, "@/", database, "?host=", (folder_ / "cluster").native());
}

std::string PostgresServer::client(const std::string& program, const std::vector<std::string>& words) const {
  const fs::path found = newest(program);
  std::vector<std::string> all{found.empty() ? program : (found / program).native()};
  all.insert(all.end(), words.begin(), words.end());
  return run(all, folder_);
}

std::string PostgresServer::copy(const std::string& from, const std::string& to) const {
  const std::string archive = folder_ / "archive";
  const std::string failed = client("pg_dump", {"-Fc", "-f", archive, "-d", url(from)});
  return failed.empty() ? client("pg_restore", {"--exit-on-error", "-d", url(to), archive}) : failed;
}

}  // namespace dbrollback::test
