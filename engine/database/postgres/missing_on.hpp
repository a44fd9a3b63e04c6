// What a server lacks for the database of a snapshot.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/restore.hpp"
#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// Why a snapshot of such a database, of a server of version `snapshot_version` (150018 for 15.18), cannot be restored
// on this one, a sentence each: an older major version, extensions and their versions that are not installed here,
// roles that are not there, an encoding or locale in which no database can be made. Empty: it can be tried. To know the
// last where no database of the server shows it, it makes an empty one and drops it again: `connection` is one in no
// transaction. Errors: "not_allowed" for a role that may not make databases; as of Connection::execute where that fails
// for another reason.
[[nodiscard]] std::vector<std::string> missing_on(Connection& connection, const PostgresDatabaseFacts& facts,
                                                  int snapshot_version, const RoleOptions& roles);

}  // namespace dbrollback::database::postgres
