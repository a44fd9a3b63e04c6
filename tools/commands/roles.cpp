#include "tools/commands/roles.hpp"

#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::commands {

void declare_roles(cli::Options& options, RoleArguments& arguments) {
  options.flag("no-owner", arguments.no_owner, "PostgreSQL: everything belongs to the role that restores or loads it");
  options.flag("no-privileges", arguments.no_privileges, "PostgreSQL: grant and revoke nothing");
  options.list("role-map", "OLD=NEW", arguments.renamed,
               "PostgreSQL: what belongs to the role OLD, or is granted to it, is NEW's (may be repeated)");
}

RoleOptions roles_of(const RoleArguments& arguments) {
  RoleOptions out{.no_owner = arguments.no_owner, .no_privileges = arguments.no_privileges, .renamed = {}};
  for (const std::string& pair : arguments.renamed) {
    const auto middle = pair.find('=');
    if (middle == 0 || middle >= pair.size() - 1) {
      cli::fail_usage("bad_value", "--role-map takes OLD=NEW, not " + cli::printable(pair), pair,
                      "name the role of the snapshot, and the one that takes its place");
    }
    if (!out.renamed.emplace(pair.substr(0, middle), pair.substr(middle + 1)).second) {
      cli::fail_usage("bad_value", "--role-map names " + cli::printable(pair.substr(0, middle)) + " twice", pair,
                      "leave one of them out");
    }
  }
  return out;
}

}  // namespace dbrollback::commands
