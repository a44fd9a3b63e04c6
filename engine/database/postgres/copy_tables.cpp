#include "engine/database/postgres/copy_tables.hpp"

#include <atomic>
#include <mutex>
#include <set>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/watched_threads.hpp"
#include "engine/database/postgres/copy_parts.hpp"
#include "engine/database/postgres/row_batches.hpp"
#include "engine/database/postgres/throttle.hpp"
#include "engine/database/postgres/waiters.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

class Copying {
 public:
  Copying(ExportedSnapshot& snapshot, const std::vector<Relation>& tables, BatchSinks& sinks,
          const CopyOptions& options)
      : snapshot_(&snapshot),
        tables_(&tables),
        sinks_(&sinks),
        options_(&options),
        throttle_(options.max_rate),
        parts_(copy_parts(tables, snapshot.connection().server_version(), options.jobs == 1)),
        contents_(tables.size()) {}

  std::vector<Content> run(const std::function<void(std::uint64_t bytes)>& progress) {
    Waiters waiters(snapshot_->connection(), options_->yield_after);
    const auto jobs = static_cast<unsigned>(std::min<std::size_t>(options_->jobs, parts_.size()));
    threads_.run(
        jobs, [this](unsigned number) { work(number); },
        [&] {
          progress(bytes_);
          if (options_->tick) {
            options_->tick();
          }
          waiters.require_patient(pids());
        });
    return std::move(contents_);
  }

 private:
  void work(unsigned number) {
    ConnectionOptions options;
    options.tick = [this] { threads_.stop_if_failed(); };
    const auto connection = snapshot_->join(options);
    {
      const std::scoped_lock lock(mutex_);
      pids_.push_back(connection->backend_pid());
    }
    copy_parts_with(*connection, sinks_->stream(number));
  }

  void copy_parts_with(Connection& connection, BatchSink& sink) {
    RowBatches batches(sink);
    std::set<std::uint32_t> locked;
    for (std::size_t i = next_++; i < parts_.size(); i = next_++) {
      const CopyPart& part = parts_[i];
      const Relation& table = (*tables_)[part.table];
      if (locked.insert(part.table).second) {
        lock_table(connection, table);
      }
      batches.begin(part.table + 1, part.number, part.first_block, part.end_block);
      (void)connection.copy_out(copy_sql(table, part, connection.encoding()), [&](base::ByteView row) {
        batches.add(row);
        bytes_ += row.size();
        throttle_.spend(row.size(), [this] { return threads_.failed(); });
      });
      const Content content = batches.finish();
      const std::scoped_lock lock(mutex_);
      contents_[part.table].rows += content.rows;
      contents_[part.table].hash += content.hash;
    }
  }

  // We hold this lock already, in the session that took the snapshot: what keeps this session from it is somebody who
  // waits for a greater one, and we would wait behind them for ever.
  static void lock_table(Connection& connection, const Relation& table) {
    try {
      (void)connection.execute(cat("LOCK TABLE ONLY ", table.quoted(), " IN ACCESS SHARE MODE NOWAIT"));
    } catch (const Error& error) {
      if (error.code() != "database_locked") {
        throw;
      }
      base::fail({.code = "somebody_waits",
                  .exit = Exit::busy,
                  .message = cat("gave up reading ", base::printable(table.quoted()),
                                 ": another session waits to lock it, and would wait for this snapshot"),
                  .object = table.quoted(),
                  .state = "the other session goes on; nothing was published or changed",
                  .next = "run it again when that is done"});
    }
  }

  std::vector<int> pids() {
    const std::scoped_lock lock(mutex_);
    return pids_;
  }

  ExportedSnapshot* snapshot_;
  const std::vector<Relation>* tables_;
  BatchSinks* sinks_;
  const CopyOptions* options_;
  Throttle throttle_;
  std::vector<CopyPart> parts_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> bytes_{0};
  base::WatchedThreads threads_;
  std::mutex mutex_;  // for what follows
  std::vector<Content> contents_;
  std::vector<int> pids_;
};

}  // namespace

std::vector<Content> copy_tables(ExportedSnapshot& snapshot, const std::vector<Relation>& tables, BatchSinks& sinks,
                                 const CopyOptions& options, const std::function<void(std::uint64_t bytes)>& progress) {
  return Copying(snapshot, tables, sinks, options).run(progress);
}

}  // namespace dbrollback::database::postgres
