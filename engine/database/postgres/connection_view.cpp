#include "engine/database/postgres/connection_view.hpp"

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/copy_parts.hpp"
#include "engine/database/postgres/row_batches.hpp"

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

std::vector<Content> ConnectionView::read(BatchSinks& sinks, const std::function<void(std::uint64_t bytes)>& progress) {
  RowBatches batches(sinks.stream(0));
  std::vector<Content> contents(tables_.size());
  std::uint64_t bytes = 0;
  for (const CopyPart& part : copy_parts(tables_, connection_->server_version(), true)) {
    batches.begin(part.table + 1, part.number, part.first_block, part.end_block);
    (void)connection_->copy_out(copy_sql(tables_[part.table], part, connection_->encoding()), [&](base::ByteView row) {
      batches.add(row);
      bytes += row.size();
    });
    contents[part.table] = batches.finish();
    progress(bytes);
  }
  return contents;
}

const Relation& ConnectionView::table(const std::string& name) const {
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (description_.schema.tables[i].name == name) {
      return tables_[i];
    }
  }
  base::fail_usage("no_such_table", cat("there is no table ", printable(name), " in ", printable(description_.source)),
                   name);
}

std::uint64_t ConnectionView::count(const std::string& name) {
  const Relation& relation = table(name);
  const std::string from = relation.query.empty() ? cat("ONLY ", relation.quoted(), " ", relation.filter)
                                                  : cat("(", relation.query, ") AS rows");
  const auto rows = connection_->value(cat("SELECT count(*) FROM ", from));
  return std::stoull(rows.value_or("0"));
}

std::uint64_t ConnectionView::rows(const std::string& name, const std::function<void(base::ByteView row)>& take) {
  const Relation& relation = table(name);
  Connection& session = *connection_;
  const auto parts = copy_parts({relation}, session.server_version(), true);
  return session.copy_out(copy_sql(relation, parts.front(), session.encoding()),
                          [&](base::ByteView line) { take(line.first(line.size() - 1)); });
}

Content ConnectionView::content(const std::string& name) {
  Content content;
  content.rows = rows(name, [&](base::ByteView row) { content.hash += base::xxh3_128(row); });
  return content;
}

std::string ConnectionView::value_of(const std::string& sql) {
  Connection& session = *connection_;
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
