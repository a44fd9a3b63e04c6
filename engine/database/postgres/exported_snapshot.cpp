#include "engine/database/postgres/exported_snapshot.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/pooler.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr int most_attempts = 10;
constexpr std::size_t tables_per_statement = 500;
constexpr std::size_t most_named = 10;

constexpr const char* begin_sql = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

// LOCK TABLE refuses sequences, materialised views and foreign tables.
bool is_lockable(const Relation& relation) { return relation.kind == 'r' || relation.kind == 'p'; }

// What must not change between listing the tables and locking them.
bool same_tables(const std::vector<Relation>& before, const std::vector<Relation>& after) {
  return std::ranges::equal(before, after, [](const Relation& a, const Relation& b) {
    return a.oid == b.oid && a.kind == b.kind && a.schema == b.schema && a.name == b.name;
  });
}

void lock_tables(Connection& connection, const std::vector<Relation>& relations, const char* how) {
  std::vector<std::string> names;
  const auto lock = [&] {
    if (!names.empty()) {
      (void)connection.execute(cat("LOCK TABLE ", base::join(names, ", "), " IN ACCESS SHARE MODE", how));
      names.clear();
    }
  };
  for (const Relation& relation : relations) {
    if (is_lockable(relation)) {
      names.push_back(cat("ONLY ", relation.quoted()));
      if (names.size() == tables_per_statement) {
        lock();
      }
    }
  }
  lock();
}

std::string named(const std::vector<std::string>& tables) {
  std::vector<std::string> some(tables.begin(),
                                tables.begin() + static_cast<std::ptrdiff_t>(std::min(tables.size(), most_named)));
  return tables.size() > some.size() ? cat(base::join(some, ", "), " and ", tables.size() - some.size(), " more")
                                     : base::join(some, ", ");
}

}  // namespace

ExportedSnapshot::ExportedSnapshot(const Parameters& parameters, const ConnectionOptions& options, TableChoice choice)
    : connection_(std::make_unique<Connection>(parameters, options)), choice_(std::move(choice)) {
  refuse_transaction_pooler(*connection_, options);
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    if (try_to_take()) {
      return;
    }
  }
  base::fail({.code = "tables_change",
              .exit = Exit::busy,
              .message = cat("tables of ", base::printable(connection_->shown()),
                             " come and go faster than they can be locked"),
              .object = connection_->shown(),
              .state = "nothing was changed",
              .next = "run it again when nobody creates and drops tables"});
}

std::vector<Relation> ExportedSnapshot::list() const {
  auto relations = list_relations(*connection_);
  choice_.apply(*connection_, relations);
  return relations;
}

bool ExportedSnapshot::try_to_take() {
  relations_ = list();
  require_readable();
  (void)connection_->execute(begin_sql);
  try {
    lock_tables(*connection_, relations_, "");
  } catch (const Error& error) {
    if (error.code() != "connection_lost") {
      (void)connection_->execute("ROLLBACK");
    }
    if (error.code() != "gone") {
      throw;
    }
    return false;
  }
  name_ = connection_->value("SELECT pg_export_snapshot()").value_or("");
  auto now = list();
  const bool same = same_tables(relations_, now);
  relations_ = std::move(now);
  if (same) {
    read_columns(*connection_, relations_);
  } else {
    (void)connection_->execute("ROLLBACK");
  }
  return same;
}

void ExportedSnapshot::require_readable() const {
  std::vector<std::string> closed;
  std::vector<std::string> hidden;
  const auto objects = choice_.large_objects() ? closed_large_objects(*connection_) : std::vector<std::string>();
  for (const Relation& relation : relations_) {
    if (relation.has_rows() && !relation.readable) {
      closed.push_back(relation.quoted());
    } else if (relation.has_rows() && relation.chosen && relation.hidden_rows) {
      hidden.push_back(relation.quoted());
    }
  }
  const bool needs_more = !hidden.empty() || !objects.empty();
  closed.insert(closed.end(), objects.begin(), objects.end());
  if (!closed.empty() || !hidden.empty()) {
    const std::string closed_words = closed.empty() ? "" : cat("it may not read ", named(closed));
    const std::string hidden_words =
        hidden.empty() ? "" : cat("row security hides rows of ", named(hidden), " from it");
    base::fail({.code = "not_readable",
                .exit = Exit::failed,
                .message = cat("the role ", connection_->parameters().get("user"), " cannot take a whole snapshot of ",
                               base::printable(connection_->shown()), ": ", closed_words,
                               closed.empty() || hidden.empty() ? "" : "; ", hidden_words),
                .object = connection_->shown(),
                .state = "nothing was changed",
                .next = !needs_more       ? "GRANT pg_read_all_data to it, or use another role"
                        : objects.empty() ? "use a superuser or a role with BYPASSRLS"
                                          : "use a superuser, or the role that owns them"});
  }
}

bool ExportedSnapshot::join(Connection& connection) const {
  (void)connection.execute(cat(begin_sql, "; SET TRANSACTION SNAPSHOT ", literal(name_)));
  try {
    lock_tables(connection, relations_, " NOWAIT");
    return true;
  } catch (const Error& error) {
    if (error.code() != "database_locked") {
      throw;
    }
    return false;
  }
}

}  // namespace dbrollback::database::postgres
