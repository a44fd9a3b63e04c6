// Makes a PostgreSQL database like another one, with nothing in it, and gives it what comes last once it is filled.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/restore.hpp"
#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/connection.hpp"

namespace dbrollback::database::postgres {

// The statement that makes an empty database with the encoding, the locale and the tablespace of `facts`. `version`: of
// the server.
[[nodiscard]] std::string create_database_sql(int version, const std::string& name, const PostgresDatabaseFacts& facts);

// Makes a database with the owner, the encoding, the locale and the tablespace of `facts`, which nobody but its owner
// and superusers can connect to. `roles` have been put into `facts` already; without an owner it belongs to the role
// that makes it, without privileges everybody may connect to it, as to any new database. `connection` as of
// connect_beside; `inside` for sessions in the new one, of which one has been made when this returns. Returns what
// finish_database will not be able to do, which is tried here and taken back: one sentence each, empty: nothing.
// Errors: "unsupported_locale" for what an older server does not know; "no_such_role" and "not_allowed" for an owner
// that it cannot be given; as of Connection. State after a failure: no new database, but for one that drop_interrupted
// will find when the connection was lost; `connection` has no tick then.
[[nodiscard]] std::vector<std::string> make_database(Connection& connection, const ConnectionOptions& inside,
                                                     const std::string& name, const PostgresDatabaseFacts& facts,
                                                     const RoleOptions& roles);

// Gives the new database the rest of `facts`: comment, labels, grants, connection limit, settings, whether it is a
// template. `fresh` is a session in it, of the role that made it: names are in its encoding, as when they were read. In
// one transaction; whatever this role may not do is left out and returned, one sentence each.
[[nodiscard]] std::vector<std::string> finish_database(Connection& fresh, const PostgresDatabaseFacts& facts,
                                                       const RoleOptions& roles);

}  // namespace dbrollback::database::postgres
