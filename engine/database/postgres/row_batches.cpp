#include "engine/database/postgres/row_batches.hpp"

#include <algorithm>
#include <utility>

namespace dbrollback::database::postgres {

namespace {

// A batch becomes a frame, and no frame holds more than 64 MiB.
constexpr std::uint64_t largest_piece = 32U << 20U;

}  // namespace

void RowBatches::begin(std::uint32_t object, std::uint32_t part, std::uint64_t first_block, std::uint64_t end_block) {
  batch_ = {.object = object, .part = part, .first = first_block, .end = end_block, .bytes = sink_->take_buffer()};
  batch_.bytes.clear();
  content_ = {};
}

void RowBatches::add(base::ByteView row) {
  ++content_.rows;
  content_.hash += base::xxh3_128(row.first(row.size() - 1));
  if (batch_.bytes.size() + row.size() > largest_piece) {
    add_in_pieces(row);  // all but the last of them without a row that ends in it
  } else {
    base::put(batch_.bytes, row);
  }
  ++batch_.rows;
  if (batch_.bytes.size() >= batch_bytes) {
    flush();
  }
}

void RowBatches::add_in_pieces(base::ByteView row) {
  if (!batch_.bytes.empty()) {
    flush();
  }
  for (; row.size() > largest_piece; row = row.subspan(largest_piece)) {
    base::put(batch_.bytes, row.first(largest_piece));
    flush();
  }
  base::put(batch_.bytes, row);
}

void RowBatches::flush() {
  Batch next{.object = batch_.object, .part = batch_.part, .first = batch_.first, .end = batch_.end, .bytes = {}};
  sink_->take(std::exchange(batch_, std::move(next)));
  batch_.bytes = sink_->take_buffer();
  batch_.bytes.clear();
}

Content RowBatches::finish() {
  if (!batch_.bytes.empty()) {
    flush();
  }
  return content_;
}

}  // namespace dbrollback::database::postgres
