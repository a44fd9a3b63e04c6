// What a server lacks for the database of a snapshot.
#pragma once

#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// Why a snapshot with these needs cannot be restored on this server, a sentence each: an older major version,
// extensions and their versions that are not installed here, roles and tablespaces that are not there, objects that
// only a superuser can make, an encoding or locale in which no database can be made. Empty: it can be tried. To know
// the last where no database of the server shows it, it makes an empty one and drops it again: `connection` is one in
// no transaction. Errors: "not_allowed" for a role that may not make databases; as of Connection::execute where that
// fails for another reason.
[[nodiscard]] std::vector<std::string> missing_on(Connection& connection, const Needs& needs);

}  // namespace dbrollback::database::postgres
