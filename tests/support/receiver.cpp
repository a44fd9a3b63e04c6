#include "tests/support/receiver.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace dbrollback::test {

namespace {

bool readable(int fd) {
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, 50) > 0;
}

// Is the body there that the head announces?
bool is_whole(const std::string& request) {
  const std::size_t head = request.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  const std::size_t length = request.find("Content-Length: ");
  return length == std::string::npos || request.size() - head - 4 >= std::stoul(request.substr(length + 16));
}

}  // namespace

Receiver::Receiver(int status, bool listens) : status_(status), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_, generic, size) != 0 || ::getsockname(socket_, generic, &size) != 0) {
    throw std::runtime_error("no port for a receiver");
  }
  port_ = ntohs(address.sin_port);
  if (listens) listen();
}

Receiver::~Receiver() {
  over_ = true;
  if (thread_.joinable()) thread_.join();
  ::close(socket_);
}

void Receiver::listen() {
  if (::listen(socket_, 8) != 0) throw std::runtime_error("a receiver cannot listen");
  thread_ = std::thread([this] { serve(); });
}

std::string Receiver::url() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> Receiver::received() {
  const std::lock_guard lock(mutex_);
  return received_;
}

void Receiver::serve() {
  while (!over_) {
    if (!readable(socket_)) continue;
    const int connection = ::accept(socket_, nullptr, nullptr);
    if (connection >= 0) answer(connection);
  }
}

void Receiver::answer(int connection) {
  std::string request;
  std::array<char, 65536> piece{};
  while (!over_ && !is_whole(request)) {
    if (!readable(connection)) continue;
    const ssize_t count = ::recv(connection, piece.data(), piece.size(), 0);
    if (count <= 0) break;
    request.append(piece.data(), static_cast<std::size_t>(count));
  }
  {
    const std::lock_guard lock(mutex_);
    received_.push_back(request);
  }
  while (status_ == 0 && !over_ && !readable(connection)) {
  }
  const std::string said =
      "HTTP/1.1 " + std::to_string(status_) + " x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  if (status_ != 0) (void)::send(connection, said.data(), said.size(), MSG_NOSIGNAL);
  ::close(connection);
}

}  // namespace dbrollback::test
