#include "engine/database/postgres/copy_tables.hpp"

#include <atomic>
#include <mutex>
#include <utility>

#include "engine/base/watched_threads.hpp"
#include "engine/database/postgres/copy_parts.hpp"
#include "engine/database/postgres/row_batches.hpp"
#include "engine/database/postgres/throttle.hpp"
#include "engine/database/postgres/waiters.hpp"

namespace dbrollback::database::postgres {

namespace {

constexpr std::uint64_t count_bytes = 64U << 10U;  // not every row is worth an atomic and a look at the clock

class Copying {
 public:
  Copying(Sessions& sessions, const std::vector<Relation>& tables, BatchSinks& sinks, const CopyOptions& options)
      : sessions_(&sessions),
        tables_(&tables),
        sinks_(&sinks),
        options_(&options),
        throttle_(options.max_rate),
        parts_(copy_parts(tables, sessions.snapshot().connection().server_version(), sessions.jobs() == 1)),
        contents_(tables.size()) {}

  std::vector<Content> run(const std::function<void(std::uint64_t bytes)>& progress) {
    Waiters waiters(sessions_->snapshot().connection(), options_->yield_after);
    const auto jobs = static_cast<unsigned>(std::min<std::size_t>(sessions_->jobs(), parts_.size()));
    const std::vector<int> pids = sessions_->pids();
    threads_.run(
        jobs, [this](unsigned number) { work(number); },
        [&] {
          progress(bytes_);
          if (options_->tick) {
            options_->tick();
          }
          waiters.require_patient(pids);
        });
    return std::move(contents_);
  }

 private:
  void work(unsigned number) {
    Connection& connection = sessions_->copying(number);
    connection.set_tick([this] { threads_.stop_if_failed(); });
    RowBatches batches(sinks_->stream(number));
    for (std::size_t i = next_++; i < parts_.size(); i = next_++) {
      const CopyPart& part = parts_[i];
      batches.begin(part.table + 1, part.number, part.first_block, part.end_block);
      std::uint64_t uncounted = 0;
      (void)connection.copy_out(copy_sql((*tables_)[part.table], part, connection.encoding()), [&](base::ByteView row) {
        batches.add(row);
        uncounted += row.size();
        if (uncounted >= count_bytes) {
          count(std::exchange(uncounted, 0));
        }
      });
      count(uncounted);
      const Content content = batches.finish();
      const std::scoped_lock lock(mutex_);
      contents_[part.table].rows += content.rows;
      contents_[part.table].hash += content.hash;
    }
  }

  void count(std::uint64_t bytes) {
    bytes_ += bytes;
    throttle_.spend(bytes, [this] { return threads_.failed(); });
  }

  Sessions* sessions_;
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
};

}  // namespace

std::vector<Content> copy_tables(Sessions& sessions, const std::vector<Relation>& tables, BatchSinks& sinks,
                                 const CopyOptions& options, const std::function<void(std::uint64_t bytes)>& progress) {
  return Copying(sessions, tables, sinks, options).run(progress);
}

}  // namespace dbrollback::database::postgres
