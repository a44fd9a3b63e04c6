#include "engine/snapshot/frame_pipeline.hpp"

#include <algorithm>
#include <utility>

namespace dbrollback::snapshot {

struct FramePipeline::Job {
  FrameFacts facts;
  Sifted sifted;
  base::Bytes raw;
  base::Bytes stored;
  bool ready = false;
};

FramePipeline::FramePipeline(SegmentWriter& writer, const PipelineOptions& options)
    : writer_(&writer), options_(options) {
  const unsigned workers = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  most_jobs_ = 2ULL * workers + 2;
  try {
    for (unsigned i = 0; i < workers; ++i) {
      threads_.emplace_back([this] { work(); });
    }
    threads_.emplace_back([this] { write_in_order(); });
  } catch (...) {  // no more threads to be had: those that run must not be waited for in vain
    stop();
    throw;
  }
}

FramePipeline::~FramePipeline() { stop(); }

base::Bytes FramePipeline::take_buffer() {
  const std::scoped_lock lock(mutex_);
  if (raw_buffers_.empty()) {
    return {};
  }
  base::Bytes buffer = std::move(raw_buffers_.back());
  raw_buffers_.pop_back();
  return buffer;
}

void FramePipeline::add(const FrameFacts& facts, base::Bytes raw) {
  auto job = std::make_shared<Job>();
  job->facts = facts;
  job->raw = std::move(raw);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return order_.size() < most_jobs_ || failure_; });
  rethrow();
  waiting_.push_back(job);
  order_.push_back(std::move(job));
  changed_.notify_all();
}

std::vector<PageRun> FramePipeline::finish() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return order_.empty() || failure_; });
    rethrow();
  }
  stop();
  threads_.clear();
  // The batch with page 1 came last.
  std::ranges::sort(runs_, {}, &PageRun::page);
  std::vector<PageRun> runs;
  for (const auto& run : runs_) {
    append_run(runs, run);
  }
  return runs;
}

void FramePipeline::process(Job& job, base::Compressor& compressor, std::optional<Sieve>& sieve) const {
  base::ByteView raw = job.raw;
  if (sieve) {
    sieve->sift(job.facts.first, job.raw, job.sifted);
    raw = raw.first(job.sifted.tags.size() * options_.page_size);
  }
  job.facts.raw_bytes = raw.size();
  if (raw.empty()) {
    return;  // nothing has changed
  }
  job.facts.raw_hash = base::xxh3_128(raw);
  compressor.compress(raw, job.stored);
  job.facts.stored_bytes = job.stored.size();
  job.facts.stored_hash = base::xxh3_128(job.stored);
}

void FramePipeline::work() {
  try {
    base::Compressor compressor(options_.level);
    std::optional<Sieve> sieve;
    if (options_.page_key != nullptr) {
      sieve.emplace(*options_.page_key, options_.parent, options_.page_size);
    }
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return !waiting_.empty() || stopping_; });
      if (stopping_) {
        return;
      }
      const auto job = std::move(waiting_.front());
      waiting_.pop_front();
      if (!stored_buffers_.empty()) {
        job->stored = std::move(stored_buffers_.back());
        stored_buffers_.pop_back();
      }
      lock.unlock();
      process(*job, compressor, sieve);
      lock.lock();
      job->ready = true;
      changed_.notify_all();
    }
  } catch (...) {
    keep_failure();
  }
}

void FramePipeline::write(Job& job) {
  if (options_.parent != nullptr) {  // stored pages are not the database's pages: they are counted as they come
    const std::uint64_t pages = job.sifted.tags.size();
    for (PageRun run : job.sifted.runs) {
      run.stored += run.holder == 0 ? stored_pages_ : 0;
      append_run(runs_, run);
    }
    job.facts.first = stored_pages_;
    job.facts.rows = pages;
    stored_pages_ += pages;
    job.facts.end = stored_pages_;
  }
  if (job.facts.raw_bytes != 0) {
    writer_->append(job.facts, job.stored);
    if (options_.tags != nullptr) {
      options_.tags->append(job.sifted.tags);
    }
  }
}

void FramePipeline::write_in_order() {
  try {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return (!order_.empty() && order_.front()->ready) || stopping_; });
      if (stopping_) {
        return;
      }
      const auto job = order_.front();
      lock.unlock();
      write(*job);
      lock.lock();
      raw_buffers_.push_back(std::move(job->raw));
      stored_buffers_.push_back(std::move(job->stored));
      order_.pop_front();
      changed_.notify_all();
    }
  } catch (...) {
    keep_failure();
  }
}

void FramePipeline::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  threads_.clear();
}

void FramePipeline::keep_failure() {
  const std::scoped_lock lock(mutex_);
  if (!failure_) {
    failure_ = std::current_exception();
  }
  changed_.notify_all();
}

void FramePipeline::rethrow() {
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

}  // namespace dbrollback::snapshot
