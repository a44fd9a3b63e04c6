// A small HTTP server in the test's own process: it answers what it was told to, and remembers what it was asked.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dbrollback::test {

class HttpServer {
 public:
  struct Reply {
    int status = 200;
    std::string body{};
    std::string headers{};  // each with its "\r\n"
    std::chrono::milliseconds delay{0};
  };
  // Gets the request as it was sent: its line, headers and body.
  using Answer = std::function<Reply(const std::string& request)>;

  explicit HttpServer(Answer answer) : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ok_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(socket_, 8) == 0 &&
          ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpServer() {
    over_ = true;
    (void)::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    (void)::close(socket_);
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  HttpServer(HttpServer&&) = delete;
  HttpServer& operator=(HttpServer&&) = delete;

  [[nodiscard]] bool works() const { return ok_; }
  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (!over_) {
      const int client = ::accept(socket_, nullptr, nullptr);
      if (client >= 0) {
        serve_one(client);
        (void)::close(client);
      }
    }
  }

  void serve_one(int client) {
    const std::string request = read_request(client);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    const Reply reply = answer_(request);
    for (auto waited = std::chrono::milliseconds(0); waited < reply.delay && !over_; waited += step_) {
      std::this_thread::sleep_for(step_);
    }
    const std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " x\r\n" + reply.headers +
                             "Connection: close\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" +
                             reply.body;
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t more = ::send(client, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (more <= 0) {
        return;
      }
      sent += static_cast<std::size_t>(more);
    }
  }

  static std::string read_request(int client) {
    std::string request;
    char buffer[4096];
    while (!is_whole(request)) {
      const ssize_t got = ::recv(client, buffer, sizeof buffer, 0);
      if (got <= 0) {
        break;
      }
      request.append(buffer, static_cast<std::size_t>(got));
    }
    return request;
  }

  static bool is_whole(const std::string& request) {
    const std::size_t end = request.find("\r\n\r\n");
    const std::size_t length = request.find("Content-Length: ");
    return end != std::string::npos &&
           (length == std::string::npos || request.size() - end - 4 >= std::stoul(request.substr(length + 16)));
  }

  static constexpr std::chrono::milliseconds step_{10};

  Answer answer_;
  int socket_;
  bool ok_ = false;
  unsigned port_ = 0;
  std::atomic<bool> over_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace dbrollback::test
