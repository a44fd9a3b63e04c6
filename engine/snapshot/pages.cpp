#include "engine/snapshot/pages.hpp"

#include <algorithm>
#include <cstring>

namespace dbrollback::snapshot {

namespace {
constexpr std::size_t most_cached = 24;
}  // namespace

SnapshotPages::SnapshotPages(const SnapshotReader& reader, unsigned threads)
    : reader_(&reader),
      size_(reader.manifest().summary.raw_bytes),
      page_size_(reader.manifest().page_size),
      chunk_pages_(database::batch_bytes / page_size_),  // most chunks are one frame
      chunks_((reader.manifest().page_count + chunk_pages_ - 1) / chunk_pages_),
      most_threads_(std::clamp(threads != 0 ? threads : std::thread::hardware_concurrency(), 1U,
                               static_cast<unsigned>(most_cached / 4))) {}

SnapshotPages::~SnapshotPages() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void SnapshotPages::decode(Chunk& chunk, SnapshotReader::Scratch& scratch) const {
  const std::uint64_t first = chunk.number * chunk_pages_;
  const std::uint64_t end = std::min(first + chunk_pages_, reader_->manifest().page_count);
  chunk.bytes.resize((end - first) * page_size_);
  try {
    reader_->read(first, end, chunk.bytes, scratch);
  } catch (...) {
    chunk.failure = std::current_exception();
  }
}

// Makes room for a chunk and enters it, not ready yet. Precondition: mutex_ is held, and it is not there.
SnapshotPages::ChunkPtr SnapshotPages::enter(std::uint64_t number) {
  auto fresh = std::make_shared<Chunk>();
  if (cache_.size() >= most_cached) {
    const ChunkPtr oldest = cache_.back();
    where_.erase(oldest->number);
    cache_.pop_back();
    if (oldest->ready) {  // nobody else writes into it any more
      fresh->bytes = std::move(oldest->bytes);
    }
  }
  fresh->number = number;
  cache_.push_front(fresh);
  where_[number] = cache_.begin();
  return fresh;
}

SnapshotPages::ChunkPtr SnapshotPages::chunk(std::uint64_t number) {
  if (number != last_) {
    in_sequence_ = number == last_ + 1 ? in_sequence_ + 1 : 0;
    last_ = number;
  }
  std::unique_lock lock(mutex_);
  ChunkPtr wanted;
  if (const auto at = where_.find(number); at != where_.end()) {
    cache_.splice(cache_.begin(), cache_, at->second);
    wanted = cache_.front();
    read_ahead(number);
    changed_.wait(lock, [&] { return wanted->ready; });
  } else {
    wanted = enter(number);
    read_ahead(number);
    lock.unlock();
    decode(*wanted, scratch_);
    lock.lock();
    wanted->ready = true;
  }
  if (wanted->failure) {
    std::rethrow_exception(wanted->failure);
  }
  return wanted;
}

// Precondition: mutex_ is held.
void SnapshotPages::read_ahead(std::uint64_t number) {
  if (in_sequence_ < 2) {
    return;
  }
  const std::uint64_t end = std::min<std::uint64_t>(number + 1 + 2ULL * most_threads_, chunks_);
  for (std::uint64_t next = number + 1; next < end; ++next) {
    if (!where_.contains(next)) {
      ahead_.push_back(enter(next));
      changed_.notify_all();
    }
  }
  while (!ahead_.empty() && threads_.size() < most_threads_) {
    threads_.emplace_back([this] { work(); });
  }
}

void SnapshotPages::work() {
  SnapshotReader::Scratch scratch;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return !ahead_.empty() || stopping_; });
    if (stopping_) {
      return;
    }
    const ChunkPtr next = ahead_.front();
    ahead_.pop_front();
    lock.unlock();
    decode(*next, scratch);
    lock.lock();
    next->ready = true;
    changed_.notify_all();
  }
}

void SnapshotPages::read(std::uint64_t offset, std::span<std::byte> into) {
  while (!into.empty()) {
    const ChunkPtr holding = chunk(offset / (chunk_pages_ * page_size_));
    const std::uint64_t start = offset - holding->number * chunk_pages_ * page_size_;
    const std::size_t size = std::min<std::size_t>(into.size(), holding->bytes.size() - start);
    std::memcpy(into.data(), holding->bytes.data() + start, size);
    into = into.subspan(size);
    offset += size;
  }
}

base::ByteView SnapshotPages::view(std::uint64_t offset, std::uint64_t size, base::Bytes& buffer) {
  const std::uint64_t start = offset % (chunk_pages_ * page_size_);
  if (start + size > chunk_pages_ * page_size_) {
    return PageSource::view(offset, size, buffer);
  }
  return base::ByteView(chunk(offset / (chunk_pages_ * page_size_))->bytes).subspan(start, size);
}

base::Hash128 SnapshotPages::hash(std::uint64_t offset, std::uint64_t size) {
  if (offset % page_size_ == 0 && size % page_size_ == 0) {
    if (const auto known = reader_->hash_of(offset / page_size_, (offset + size) / page_size_)) {
      return *known;
    }
  }
  return PageSource::hash(offset, size);
}

}  // namespace dbrollback::snapshot
