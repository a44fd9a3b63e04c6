// A way to a PostgreSQL server on which one message gets lost, and the connection with it.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace dbrollback::test {

class PostgresProxy {
 public:
  // question: the server does not get the message. answer: it does, and nobody learns what it says.
  enum class Lose { nothing, question, answer };

  // `server`: the folder of the server's socket. Throws std::runtime_error when it cannot listen.
  explicit PostgresProxy(const std::filesystem::path& server);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;
  PostgresProxy(PostgresProxy&&) = delete;
  PostgresProxy& operator=(PostgresProxy&&) = delete;

  // What clients take for the folder of the server's socket.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  // Once, at the first statement that is just this.
  void lose_at(const std::string& statement, Lose what);

 private:
  void accept_all(const std::stop_token& stop);
  void serve(const std::stop_token& stop, int client);

  std::filesystem::path server_;
  std::filesystem::path folder_;
  int listener_ = -1;
  std::string statement_;
  std::atomic<Lose> lose_{Lose::nothing};
  std::jthread thread_;
};

}  // namespace dbrollback::test
