// Somebody who is told: a server on a port of this machine that keeps what it is sent, and answers as a test says.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dbrollback::test {

class Receiver {
 public:
  // `status` 0: it takes the message and never answers. `listens` false: nobody is there until listen().
  explicit Receiver(int status, bool listens = true);
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  Receiver(Receiver&&) = delete;
  Receiver& operator=(Receiver&&) = delete;
  ~Receiver();

  void listen();
  [[nodiscard]] std::string url() const;
  // Whole requests, heads and bodies.
  [[nodiscard]] std::vector<std::string> received();

 private:
  void serve();
  void answer(int connection);

  int status_;
  int socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::vector<std::string> received_;
  std::thread thread_;
};

}  // namespace dbrollback::test
