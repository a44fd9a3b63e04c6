#include "engine/database/postgres/postgres_view.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/copy_parts.hpp"
#include "engine/database/postgres/describe.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

// What the application's own sessions begin with: its integrity queries count on it.
constexpr const char* search_path_sql =
    "SELECT set_config('search_path', (SELECT reset_val FROM pg_settings WHERE name = 'search_path'), true)";

[[noreturn]] void refuse_check(const std::string& sql, const std::string& why) {
  base::fail_usage("bad_check", cat("the integrity query '", printable(sql), "' ", why), sql,
                   "correct its `sql` in dbrollback.toml");
}

// A failure inside must not end the transaction that holds the snapshot.
class Savepoint {
 public:
  explicit Savepoint(Connection& connection) : connection_(&connection) {
    (void)connection.execute("SAVEPOINT integrity_query");
  }
  void roll_back() {
    (void)connection_->execute("ROLLBACK TO SAVEPOINT integrity_query; RELEASE SAVEPOINT integrity_query");
  }

 private:
  Connection* connection_;
};

}  // namespace

PostgresView::PostgresView(const Parameters& parameters, const ConnectionOptions& connection, const CopyOptions& copy,
                           const std::optional<ClientPlaces>& places)
    : copy_(copy),
      sessions_(parameters, connection, copy.jobs, places),
      description_(postgres::describe(sessions_.snapshot(), tables_)) {}

bool PostgresView::read_schema(const std::function<void(base::ByteView)>& take) {
  take(sessions_.schema_archive());
  return true;
}

std::vector<Content> PostgresView::read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) {
  return copy_tables(sessions_, tables_, sinks, copy_, progress);
}

const Relation& PostgresView::table(const std::string& name) const {
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (description_.schema.tables[i].name == name) {
      return tables_[i];
    }
  }
  base::fail_usage("no_such_table", cat("there is no table ", printable(name), " in ", printable(description_.source)),
                   name);
}

std::uint64_t PostgresView::count(const std::string& name) {
  const Relation& relation = table(name);
  const std::string from = relation.query.empty() ? cat("ONLY ", relation.quoted(), " ", relation.filter)
                                                  : cat("(", relation.query, ") AS rows");
  const auto rows = connection().value(cat("SELECT count(*) FROM ", from));
  return std::stoull(rows.value_or("0"));
}

std::uint64_t PostgresView::rows(const std::string& name, const std::function<void(base::ByteView row)>& take) {
  const Relation& relation = table(name);
  Connection& session = connection();
  const auto parts = copy_parts({relation}, session.server_version(), true);
  return session.copy_out(copy_sql(relation, parts.front(), session.encoding()),
                          [&](base::ByteView line) { take(line.first(line.size() - 1)); });
}

Content PostgresView::content(const std::string& name) {
  Content content;
  content.rows = rows(name, [&](base::ByteView row) { content.hash += base::xxh3_128(row); });
  return content;
}

std::string PostgresView::value_of(const std::string& sql) {
  Connection& session = connection();
  Savepoint savepoint(session);
  (void)session.execute(search_path_sql);
  try {
    const Result result = session.execute(sql, {});
    if (result.columns() != 1 || result.rows() != 1) {
      savepoint.roll_back();
      refuse_check(sql, "must return one value");
    }
    std::string value = result.is_null(0, 0) ? "NULL" : result.text(0, 0);
    savepoint.roll_back();
    return value;
  } catch (const Error& error) {
    if (error.exit() != Exit::failed || error.code() == "connection_lost") {
      throw;
    }
    savepoint.roll_back();
    refuse_check(sql, error.code() == "read_only" ? "would change the database"
                                                  : cat("cannot be run: ", base::problem_of(error)));
  }
}

}  // namespace dbrollback::database::postgres
