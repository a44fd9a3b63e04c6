#include "engine/database/postgres/restore_in_place.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/commit.hpp"
#include "engine/database/postgres/connection_view.hpp"
#include "engine/database/postgres/describe.hpp"
#include "engine/database/postgres/empty_database.hpp"
#include "engine/database/postgres/rebuild.hpp"
#include "engine/database/postgres/relations.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr std::size_t tables_per_statement = 200;

// So that nobody writes any more; readers go on until the tables are dropped.
void lock_out_writers(Connection& live) {
  std::vector<std::string> names;
  for (const Relation& relation : list_relations(live)) {
    if (relation.kind == 'r' || relation.kind == 'p') {
      names.push_back(cat("ONLY ", relation.quoted()));
    }
  }
  for (std::size_t first = 0; first < names.size(); first += tables_per_statement) {
    const std::size_t end = std::min(first + tables_per_statement, names.size());
    const std::vector<std::string> some(names.begin() + static_cast<std::ptrdiff_t>(first),
                                        names.begin() + static_cast<std::ptrdiff_t>(end));
    (void)live.execute(cat("LOCK TABLE ", base::join(some, ", "), " IN SHARE ROW EXCLUSIVE MODE"));
  }
}

}  // namespace

void restore_in_place(Connection& live, const ClientPrograms& programs, const StoredDatabase& stored,
                      const InPlaceOptions& options) {
  (void)live.execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  lock_out_writers(live);
  if (options.keep_state) {
    options.keep_state();
  }
  SessionStatements statements(live, SessionStatements::Transactions::callers);
  empty_database(statements);
  base::reached("database emptied");
  rebuild(statements, programs, stored, {.roles = options.roles, .progress = options.progress, .tick = options.tick});
  if (options.compare) {
    std::vector<Relation> relations = list_relations(live);
    read_columns(live, relations);
    std::vector<Relation> tables;
    Description description = describe(live, relations, {}, tables);
    ConnectionView view(live, std::move(description), std::move(tables));
    options.compare(view);
  }
  base::reached("database rebuilt");
  commit(live, "the database holds all of the snapshot, or all that it held");
  base::reached("rebuilt database committed");
}

}  // namespace dbrollback::database::postgres
