// The databases that restores keep beside the live one: the one that is being built, and those that were replaced. They
// are told by their names alone, so that nothing has to remember them.
#pragma once

#include <string>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

using Kept = KeptDatabase::Kind;

// "app_restoring_20261120t233015z" or "app_replaced_…", which fits into a server's 63 bytes: a long live name is cut,
// and a hash of it all tells two that begin alike.
[[nodiscard]] std::string kept_name(const std::string& live, Kept kind, base::Time time);

// Those of the database `live`, which need not exist; the oldest first.
[[nodiscard]] std::vector<KeptDatabase> list_kept(Connection& connection, const std::string& live);

// A name for another one that is made now. Names have the time to the second: where one of this kind has that of now,
// or a later one, it is the second after the last, so that the last stays the last.
[[nodiscard]] std::string next_name(Connection& connection, const std::string& live, Kept kind, base::Time now);

// Drops one of list_kept's, with everything in it. `connection` as of connect_beside. Errors: "not_kept"
// (Exit::refused) for any other name; "database_in_use" (Exit::busy) naming the sessions in it; "has_subscriptions"
// (Exit::refused) for one that was replaced: those may be at work. State after a failure: it is still there.
void drop_kept(Connection& connection, const std::string& live, const std::string& name);

// Drops what interrupted restores of `live` left: those being built to which nobody is connected, as a restore at work
// always is. Returns their names. Errors: as of drop_kept, but for "database_in_use".
std::vector<std::string> drop_interrupted(Connection& connection, const std::string& live);

}  // namespace dbrollback::database::postgres
