// Rows in COPY's text format on their way to a sink: joined into batches, hashed one by one.
#pragma once

#include <functional>

#include "engine/database/database.hpp"

namespace dbrollback::database::postgres {

// One thread.
class RowBatches {
 public:
  explicit RowBatches(BatchSink& sink) : sink_(&sink) {}

  // What the next rows belong to: a batch holds rows of one part only.
  void begin(std::uint32_t object, std::uint32_t part, std::uint64_t first_block, std::uint64_t end_block);
  // `row` with its ending newline.
  void add(base::ByteView row);
  // Hands on what is left. Returns the rows of the part and their hash: docs/format.md, "Content hash".
  [[nodiscard]] Content finish();

 private:
  void flush();
  void add_in_pieces(base::ByteView row);

  BatchSink* sink_;
  Batch batch_;
  Content content_;
};

}  // namespace dbrollback::database::postgres
