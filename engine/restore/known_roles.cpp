#include "engine/restore/known_roles.hpp"

#include <set>
#include <string>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/role_names.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

void refuse_unknown_roles(const RoleOptions& roles, const SnapshotDetails& manifest) {
  const std::set<std::string> known = database::roles_named_by(manifest.postgres->properties);
  for (const auto& [role, other] : roles.renamed) {
    if (!known.contains(role)) {
      base::fail_usage("no_such_role", cat(manifest.summary.id, " names no role ", printable(role)), role,
                       cat("it names ", printable(base::join({known.begin(), known.end()}, ", "))));
    }
  }
}

}  // namespace dbrollback::restore
