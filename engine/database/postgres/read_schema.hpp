// Everything that a PostgreSQL database's schema is made of, as values.
#pragma once

#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "schema/model.hpp"

namespace dbrollback::database::postgres {

// Every object that is neither the system's, nor an extension's, nor temporary, with its owner, grants and comment;
// sorted by kind and name. Two databases have equal ones when the same statements made them, in whatever order, and a
// database has those of its copy by pg_dump and pg_restore. There is no secret in them: of options of servers and user
// mappings there are the names, of subscriptions no connection. Works for any role; reads in the connection's
// transaction, although the server itself shows definitions as they are now. Throws as Connection::execute.
[[nodiscard]] std::vector<schema::Object> read_objects(Connection& connection);

}  // namespace dbrollback::database::postgres
