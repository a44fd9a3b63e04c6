#include "engine/database/postgres/silent_triggers.hpp"

#include <map>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// Rules that are no view's.
constexpr const char* triggers_sql = R"(
SELECT tgrelid, 'TRIGGER ' || quote_ident(tgname), tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'
UNION ALL SELECT ev_class, 'RULE ' || quote_ident(rulename), ev_enabled FROM pg_rewrite
WHERE ev_type <> '1' AND ev_enabled <> 'D')";

}  // namespace

std::vector<std::string> silence_triggers(Connection& connection, const std::vector<const Relation*>& tables) {
  std::map<std::int64_t, const Relation*> by_oid;
  for (const Relation* table : tables) {
    by_oid[table->oid] = table;
  }
  std::vector<std::string> again;
  const Result triggers = connection.execute(triggers_sql);
  for (int row = 0; row < triggers.rows(); ++row) {
    const auto table = by_oid.find(triggers.integer(row, 0));
    if (table == by_oid.end()) {
      continue;
    }
    const std::string alter = cat("ALTER TABLE ONLY ", table->second->quoted());
    const std::string what = triggers.text(row, 1);
    const char state = triggers.text(row, 2).front();
    (void)connection.execute(cat(alter, " DISABLE ", what));
    again.push_back(cat(alter, " ENABLE ", state == 'A' ? "ALWAYS " : state == 'R' ? "REPLICA " : "", what));
  }
  return again;
}

}  // namespace dbrollback::database::postgres
