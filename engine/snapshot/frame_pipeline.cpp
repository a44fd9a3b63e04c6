#include "engine/snapshot/frame_pipeline.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/compress.hpp"

namespace dbrollback::snapshot {

struct FramePipeline::Job {
  FrameFacts facts;
  base::Bytes raw;
  base::Bytes stored;
  bool ready = false;
};

FramePipeline::FramePipeline(SegmentWriter& writer, int level, unsigned threads) : writer_(&writer) {
  const unsigned workers = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
  most_jobs_ = 2ULL * workers + 2;
  try {
    for (unsigned i = 0; i < workers; ++i) {
      threads_.emplace_back([this, level] { work(level); });
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
  if (buffers_.empty()) {
    return {};
  }
  base::Bytes buffer = std::move(buffers_.back());
  buffers_.pop_back();
  buffer.clear();
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

void FramePipeline::finish() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return order_.empty() || failure_; });
    rethrow();
  }
  stop();
}

void FramePipeline::work(int level) {
  try {
    base::Compressor compressor(level);
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return !waiting_.empty() || stopping_; });
      if (stopping_) {
        return;
      }
      const auto job = std::move(waiting_.front());
      waiting_.pop_front();
      if (!buffers_.empty()) {
        job->stored = std::move(buffers_.back());
        buffers_.pop_back();
      }
      lock.unlock();
      job->facts.raw_bytes = job->raw.size();
      job->facts.raw_hash = base::xxh3_128(job->raw);
      compressor.compress(job->raw, job->stored);
      job->facts.stored_bytes = job->stored.size();
      job->facts.stored_hash = base::xxh3_128(job->stored);
      lock.lock();
      job->ready = true;
      changed_.notify_all();
    }
  } catch (...) {
    keep_failure();
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
      writer_->append(job->facts, job->stored);
      lock.lock();
      buffers_.push_back(std::move(job->raw));
      buffers_.push_back(std::move(job->stored));
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
