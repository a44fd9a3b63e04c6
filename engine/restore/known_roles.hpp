// The roles that a restore or an export is told to replace.
#pragma once

#include "dbrollback/restore.hpp"
#include "dbrollback/snapshot.hpp"

namespace dbrollback::restore {

// Error (Exit::usage), "no_such_role", where a role is to be replaced that the snapshot does not name: a slip of the
// hand would leave the old one in its place. Precondition: a snapshot of a PostgreSQL database.
void refuse_unknown_roles(const RoleOptions& roles, const SnapshotDetails& manifest);

}  // namespace dbrollback::restore
