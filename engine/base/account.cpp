#include "engine/base/account.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

std::optional<Account> find_account(const std::string& name) {
  std::array<char, 16384> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  (void)::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::nullopt : std::optional(Account{.user = entry.pw_uid, .group = entry.pw_gid});
}

Account account_of(const std::string& name) {
  const auto account = find_account(name);
  if (!account) {
    fail_usage("no_user", cat("there is no account ", printable(name)), name);
  }
  return *account;
}

std::string own_account() {
  std::array<char, 16384> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  (void)::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::to_string(::getuid()) : found->pw_name;
}

void give_to(const fs::path& path, const Account& account) {
  if (system().chown(path.c_str(), account.user, account.group) != 0) {
    fail_errno(errno, "set the owner of", path);
  }
}

}  // namespace dbrollback::base
