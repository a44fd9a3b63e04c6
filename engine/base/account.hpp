// Accounts of this machine.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "engine/base/file.hpp"

namespace dbrollback::base {

struct Account {
  uid_t user = 0;
  gid_t group = 0;  // its first one
};

// Nothing when there is no account of this name.
[[nodiscard]] std::optional<Account> find_account(const std::string& name);
// Throws Error "no_user" (Exit::usage) when there is none.
[[nodiscard]] Account account_of(const std::string& name);

// The one that runs this program, by its name; by its number where it has none.
[[nodiscard]] std::string own_account();

// Makes the account the owner of a file or folder, which only root may do.
void give_to(const fs::path& path, const Account& account);

}  // namespace dbrollback::base
