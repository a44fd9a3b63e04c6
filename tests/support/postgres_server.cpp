#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "dbrollback/error.hpp"
#include "engine/base/random.hpp"
#include "engine/base/run.hpp"

namespace dbrollback::test {

namespace fs = std::filesystem;

namespace {

bool is_root() { return ::geteuid() == 0; }

// Servers refuse to run as root.
std::vector<std::string> as_server_account(std::vector<std::string> words) {
  if (is_root()) {
    const std::vector<std::string> account{"setpriv",       "--reuid=postgres", "--regid=postgres",
                                           "--init-groups", "--pdeathsig=QUIT", "--"};
    words.insert(words.begin(), account.begin(), account.end());
  }
  return words;
}

pid_t start(const std::vector<std::string>& words, const fs::path& log) {
  const pid_t child = ::fork();
  if (child == 0) {
    (void)::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    (void)::dup2(out, STDOUT_FILENO);
    (void)::dup2(out, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const auto& word : words) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    (void)::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  return child;
}

}  // namespace

fs::path PostgresServer::programs() {
  fs::path newest;
  int version = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int number = std::atoi(entry.path().filename().c_str());
    if (number > version && fs::exists(entry.path() / "bin" / "initdb")) {
      version = number;
      newest = entry.path() / "bin";
    }
  }
  return newest;
}

PostgresServer::PostgresServer() : folder_(fs::temp_directory_path() / ("dbr-pg-" + base::random_hex(8))) {
  fs::create_directory(folder_);
  fs::permissions(folder_, fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all);
  const std::string data = folder_ / "data";
  const auto made = base::run(
      {.arguments = as_server_account({programs() / "initdb", "--no-sync", "--auth=trust", "--username=postgres",
                                       "--encoding=UTF8", "--locale=C", "--pgdata=" + data}),
       .folder = folder_});
  if (!made.succeeded()) {
    throw std::runtime_error("initdb: " + made.messages);
  }
  server_ = start(as_server_account({programs() / "postgres", "-D", data, "-k", folder_, "-c",
                                     "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40"}),
                  folder_ / "log");
  for (int tries = 0; tries < 300; ++tries) {
    try {
      (void)connect("postgres");
      return;
    } catch (const Error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  throw std::runtime_error("the server did not start");
}

PostgresServer::~PostgresServer() {
  (void)::kill(server_, SIGQUIT);
  (void)::waitpid(server_, nullptr, 0);
  std::error_code left;
  fs::remove_all(folder_, left);
}

std::string PostgresServer::url(const std::string& database, const std::string& user) const {
  return "postgresql://" + user + "@/" + database + "?host=" + folder_.native();
}

std::unique_ptr<database::postgres::Connection> PostgresServer::connect(const std::string& database) const {
  return std::make_unique<database::postgres::Connection>(database::postgres::Parameters::parse(url(database)),
                                                          database::postgres::ConnectionOptions{});
}

void PostgresServer::sql(const std::string& database, const std::string& statements) const {
  const auto server = connect("postgres");
  if (!server->value("SELECT 1 FROM pg_database WHERE datname = $1", {database})) {
    (void)server->execute("CREATE DATABASE " + database::postgres::quote(database));
  }
  const auto connection = connect(database);
  (void)connection->execute("SET search_path = public; " + statements);
}

}  // namespace dbrollback::test
