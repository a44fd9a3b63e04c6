#include "tests/support/postgres_proxy.hpp"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <list>
#include <stdexcept>
#include <string_view>

namespace dbrollback::test {

namespace {

constexpr const char* socket_name = ".s.PGSQL.5432";

sockaddr_un address_of(const std::filesystem::path& folder) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  (void)std::strncpy(out.sun_path, (folder / socket_name).c_str(), sizeof out.sun_path - 1);
  return out;
}

bool readable(int fd) {
  pollfd waited{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, 20) > 0;
}

}  // namespace

PostgresProxy::PostgresProxy(const std::filesystem::path& server) : server_(server) {
  std::string pattern = "/tmp/dbr-unit-proxy-XXXXXX";
  folder_ = ::mkdtemp(pattern.data()) != nullptr ? pattern : "";
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(folder_);
  if (folder_.empty() || ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 10) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

PostgresProxy::~PostgresProxy() {
  thread_.request_stop();
  thread_.join();
  (void)::close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresProxy::lose_at(const std::string& statement, Lose what) {
  statement_ = statement;
  lose_ = what;
}

void PostgresProxy::accept_all(const std::stop_token& stop) {
  std::list<std::jthread> clients;
  while (!stop.stop_requested()) {
    if (readable(listener_)) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      clients.emplace_back([this, client](const std::stop_token& gone) { serve(gone, client); });
    }
  }
}

void PostgresProxy::serve(const std::stop_token& stop, int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(server_);
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  std::array<char, 8192> bytes{};
  const auto forward = [&](int from, int to) {
    const auto size = ::read(from, bytes.data(), bytes.size());
    const std::string_view text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    // A message "Q" of the protocol: its length in four bytes, the statement, a null.
    const bool meant = from == client && text.starts_with('Q') && text.size() == statement_.size() + 6 &&
                       text.substr(5, statement_.size()) == statement_;
    const Lose lose = meant ? lose_.exchange(Lose::nothing) : Lose::nothing;
    open = !text.empty() && lose != Lose::question &&
           ::send(to, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    if (open && lose == Lose::answer) {
      (void)::read(server, bytes.data(), bytes.size());
      open = false;
    }
  };
  while (open && !stop.stop_requested()) {
    std::array<pollfd, 2> waited{
        {{.fd = client, .events = POLLIN, .revents = 0}, {.fd = server, .events = POLLIN, .revents = 0}}};
    if (::poll(waited.data(), waited.size(), 20) > 0) {
      if (waited[0].revents != 0) {
        forward(client, server);
      }
      if (open && waited[1].revents != 0) {
        forward(server, client);
      }
    }
  }
  (void)::close(server);
  (void)::close(client);
}

}  // namespace dbrollback::test
