// --no-owner, --no-privileges and --role-map.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/restore.hpp"
#include "tools/cli/options.hpp"

namespace dbrollback::commands {

struct RoleArguments {
  bool no_owner = false;
  bool no_privileges = false;
  std::vector<std::string> renamed;  // "old=new"
};

void declare_roles(cli::Options& options, RoleArguments& arguments);

// Throws Error (Exit::usage) for what is no pair of roles, or names one twice.
[[nodiscard]] RoleOptions roles_of(const RoleArguments& arguments);

}  // namespace dbrollback::commands
