// Compresses and hashes frames on several threads and writes them in the order in which they came.
//
//   the caller -> raw frames -> workers (hash, zstd, hash) -> one writer thread -> SegmentWriter
//
// At most 2 x threads + 2 frames are under way, so memory is bounded; buffers are used again.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

// add, take_buffer and finish are called from one thread.
class FramePipeline {
 public:
  // `threads` 0: one for each core.
  FramePipeline(SegmentWriter& writer, int level, unsigned threads);
  // Without a finish: abandons what is under way.
  ~FramePipeline();
  FramePipeline(const FramePipeline&) = delete;
  FramePipeline& operator=(const FramePipeline&) = delete;
  FramePipeline(FramePipeline&&) = delete;
  FramePipeline& operator=(FramePipeline&&) = delete;

  // An empty buffer, used before where possible.
  [[nodiscard]] base::Bytes take_buffer();
  // Waits while too much is under way. Rethrows what a worker or the writer threw.
  void add(const FrameFacts& facts, base::Bytes raw);
  // Waits until everything is written. Rethrows as `add`.
  void finish();

 private:
  struct Job;

  void work(int level);
  void write_in_order();
  void stop();
  void keep_failure();
  void rethrow();

  SegmentWriter* writer_;
  std::size_t most_jobs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> waiting_;  // for a worker
  std::deque<std::shared_ptr<Job>> order_;    // for the writer
  std::vector<base::Bytes> buffers_;
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: ends before what it uses
};

}  // namespace dbrollback::snapshot
