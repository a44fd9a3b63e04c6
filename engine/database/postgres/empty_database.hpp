// Takes everything out of a database that somebody put into it.
#pragma once

#include "engine/database/postgres/statements.hpp"

namespace dbrollback::database::postgres {

// In the transaction of `statements`: drops every object of the users', and gives the schema public the owner, the
// grants and the comment that a new database has. Not subscriptions, and not what belongs to the database itself.
// Precondition: the role owns all of it, or is a superuser. Errors: as of Statements, naming the statement.
void empty_database(Statements& statements);

}  // namespace dbrollback::database::postgres
