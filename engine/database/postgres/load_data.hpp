// Loads the data of a snapshot into a database whose tables are there already, and empty: in one transaction, so that
// it is all there or nothing of it is.
#pragma once

#include <string>
#include <vector>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database::postgres {

// Why the data of such a snapshot cannot be loaded, a sentence each: tables, columns, sequences and materialised views
// that are not there, tables that are not empty, large objects that are there, foreign keys that go in a circle where
// this role cannot do without them. Empty: it can be.
[[nodiscard]] std::vector<std::string> not_loadable(Connection& connection, const StoredFacts& stored);

// On one session, with locks that let others read the tables and nobody write them. Triggers of the tables do not fire;
// foreign keys are checked, but for those that go in a circle and are not deferrable, where a superuser loads a whole
// snapshot. Rows of an extension's own tables that its filter chooses are replaced. Materialised views are populated
// as in the snapshot. Returns what was not done, a sentence each. Errors: "not_loadable" (Exit::refused) with what
// not_loadable() says; "restored_differs" (Exit::damaged) where `verify` finds other rows than the snapshot's; as of
// Connection. State after a failure: nothing was loaded; sequences may have been set.
[[nodiscard]] std::vector<std::string> load_data(const Parameters& target, const StoredDatabase& stored,
                                                 const LoadOptions& options);

}  // namespace dbrollback::database::postgres
