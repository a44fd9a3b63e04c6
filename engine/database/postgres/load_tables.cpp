#include "engine/database/postgres/load_tables.hpp"

#include <algorithm>
#include <atomic>

#include "engine/base/text.hpp"
#include "engine/base/watched_threads.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

// Up to this size, freezing rows is not worth a TRUNCATE: that syncs files at its commit, whatever synchronous_commit
// says, and looks through all of the server's buffers.
constexpr std::uint64_t small_table = 8U << 20U;

// How a table's rows go before it is loaded. together: with those of others, before all loading.
enum class Emptied { not_at_all, by_delete, by_truncate, together };

// What one session does without a pause.
struct Load {
  std::size_t table = 0;
  std::vector<std::size_t> runs;
  std::uint64_t bytes = 0;
  Emptied emptied = Emptied::not_at_all;
};

// The largest first. A table with more than its share is loaded by several sessions.
std::vector<Load> plan(const RowSource& source, const std::vector<LoadTable>& tables, unsigned jobs) {
  std::vector<Load> whole(tables.size());
  std::uint64_t total = 0;
  const auto runs = source.runs();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Load& load = whole[runs[i].table];
    load.table = runs[i].table;
    load.runs.push_back(i);
    load.bytes += runs[i].bytes;
    total += runs[i].bytes;
  }
  std::vector<Load> loads;
  for (Load& load : whole) {
    if (jobs > 1 && load.runs.size() > 1 && load.bytes > total / jobs) {
      for (const std::size_t run : load.runs) {
        loads.push_back({.table = load.table, .runs = {run}, .bytes = runs[run].bytes, .emptied = Emptied::together});
      }
    } else if (!load.runs.empty()) {
      load.emptied = load.bytes < small_table ? Emptied::by_delete : Emptied::by_truncate;
      loads.push_back(std::move(load));
    }
  }
  for (Load& load : loads) {
    if (tables[load.table].keep_rows) {
      load.emptied = Emptied::not_at_all;
    }
  }
  std::ranges::stable_sort(loads, std::ranges::greater{}, &Load::bytes);
  return loads;
}

class ParallelLoad {
 public:
  ParallelLoad(const Parameters& target, const ConnectionOptions& options, const std::vector<LoadTable>& tables,
               const RowSource& source, const std::string& encoding, unsigned jobs)
      : target_(&target),
        options_(options),
        tables_(&tables),
        source_(&source),
        encoding_(&encoding),
        jobs_(jobs),
        loads_(plan(source, tables, jobs)) {}

  void run(const std::function<void(std::uint64_t bytes)>& progress) {
    empty_shared_tables();
    threads_.run(
        static_cast<unsigned>(std::min<std::size_t>(jobs_, loads_.size())), [this](unsigned /*number*/) { work(); },
        [&] {
          progress(bytes_);
          if (options_.tick) {
            options_.tick();
          }
        });
  }

 private:
  void empty_shared_tables() {
    std::vector<std::string> names;
    for (const Load& load : loads_) {
      if (load.emptied == Emptied::together) {
        names.push_back(cat("ONLY ", name_of(load)));
      }
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (!names.empty()) {
      Connection connection(*target_, options_);
      (void)connection.execute(cat("TRUNCATE ", base::join(names, ", ")));
    }
  }

  void work() {
    ConnectionOptions options = options_;
    options.tick = [this] { threads_.stop_if_failed(); };
    Connection connection(*target_, options);
    for (std::size_t i = next_++; i < loads_.size(); i = next_++) {
      try {
        load(connection, loads_[i]);
      } catch (const Error& error) {
        if (error.info().object != connection.shown()) {  // not the server's: it names what it is about
          throw;
        }
        throw failure_of(cat("table ", name_of(loads_[i])), error);
      }
    }
  }

  void load(Connection& connection, const Load& load) {
    (void)connection.execute("BEGIN");
    const bool frozen = load.emptied == Emptied::by_truncate;
    if (frozen) {
      (void)connection.execute(cat("TRUNCATE ONLY ", name_of(load)));
    } else if (load.emptied == Emptied::by_delete) {
      (void)connection.execute(cat("DELETE FROM ONLY ", name_of(load)));
    }
    (void)connection.copy_in(copy_in_sql((*tables_)[load.table], *encoding_, frozen), [&](const Connection::Put& put) {
      for (const std::size_t run : load.runs) {
        source_->read(run, [&](base::ByteView bytes) {
          put(bytes);
          bytes_ += bytes.size();
        });
      }
    });
    (void)connection.execute("COMMIT");
  }

  [[nodiscard]] std::string name_of(const Load& load) const {
    const LoadTable& table = (*tables_)[load.table];
    return quote(table.schema, table.name);
  }

  const Parameters* target_;
  ConnectionOptions options_;
  const std::vector<LoadTable>* tables_;
  const RowSource* source_;
  const std::string* encoding_;
  unsigned jobs_;
  std::vector<Load> loads_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> bytes_{0};
  base::WatchedThreads threads_;
};

}  // namespace

LoadTable load_table_of(const TableFacts& facts) {
  LoadTable table{facts.postgres->schema, facts.postgres->name, {}};
  for (const ColumnFacts& column : facts.columns) {
    table.columns.push_back(column.name);
  }
  return table;
}

std::string copy_in_sql(const LoadTable& table, const std::string& encoding, bool frozen) {
  std::vector<std::string> columns;
  for (const std::string& column : table.columns) {
    columns.push_back(quote(column));
  }
  std::vector<std::string> options;
  if (frozen) {
    options.emplace_back("FREEZE");
  }
  if (!encoding.empty()) {
    options.push_back(cat("ENCODING ", literal(encoding)));
  }
  return cat("COPY ", quote(table.schema, table.name), columns.empty() ? "" : cat(" (", base::join(columns, ", "), ")"),
             " FROM STDIN", options.empty() ? "" : cat(" WITH (", base::join(options, ", "), ")"));
}

void load_tables(const Parameters& target, const ConnectionOptions& options, const std::vector<LoadTable>& tables,
                 const RowSource& source, const std::string& encoding, unsigned jobs,
                 const std::function<void(std::uint64_t bytes)>& progress) {
  ParallelLoad(target, options, tables, source, encoding, jobs).run(progress);
}

}  // namespace dbrollback::database::postgres
