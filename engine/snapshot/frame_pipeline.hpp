// Sifts, compresses and hashes frames on several threads and writes them in the order in which they came.
//
//   the caller -> raw frames -> workers (tags, hash, zstd, hash) -> one writer thread -> SegmentWriter, PageTagsWriter
//
// At most 2 x threads + 2 frames are under way, so memory is bounded; buffers are used again.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/base/compress.hpp"
#include "engine/snapshot/page_tags.hpp"
#include "engine/snapshot/segment_writer.hpp"
#include "engine/snapshot/sieve.hpp"

namespace dbrollback::snapshot {

struct PipelineOptions {
  int level = 1;
  unsigned threads = 0;  // 0: one for each core
  // Null: every page is stored and none is tagged. With a key and no parent: every page is stored.
  const base::Mac::Key* page_key = nullptr;
  const Parent* parent = nullptr;
  std::uint32_t page_size = 0;
  PageTagsWriter* tags = nullptr;  // with a key
};

// add, take_buffer and finish are called from one thread.
class FramePipeline {
 public:
  FramePipeline(SegmentWriter& writer, const PipelineOptions& options);
  // Without a finish: abandons what is under way.
  ~FramePipeline();
  FramePipeline(const FramePipeline&) = delete;
  FramePipeline& operator=(const FramePipeline&) = delete;
  FramePipeline(FramePipeline&&) = delete;
  FramePipeline& operator=(FramePipeline&&) = delete;

  // As of database::BatchSink.
  [[nodiscard]] base::Bytes take_buffer();
  // Waits while too much is under way. Rethrows what a worker or the writer threw.
  void add(const FrameFacts& facts, base::Bytes raw);
  // Waits until everything is written. Rethrows as `add`. Returns, where there is a parent, where each page is: in
  // order, holder 0 for what was stored now.
  [[nodiscard]] std::vector<PageRun> finish();

 private:
  struct Job;

  void work();
  void process(Job& job, base::Compressor& compressor, std::optional<Sieve>& sieve) const;
  void write_in_order();
  void write(Job& job);
  void stop();
  void keep_failure();
  void rethrow();

  SegmentWriter* writer_;
  PipelineOptions options_;
  std::vector<PageRun> runs_;       // the writer thread's
  std::uint64_t stored_pages_ = 0;  // the writer thread's
  std::size_t most_jobs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> waiting_;  // for a worker
  std::deque<std::shared_ptr<Job>> order_;    // for the writer
  std::vector<base::Bytes> raw_buffers_;      // used before
  std::vector<base::Bytes> stored_buffers_;   // used before
  std::exception_ptr failure_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: ends before what it uses
};

}  // namespace dbrollback::snapshot
