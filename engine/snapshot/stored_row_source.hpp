// The rows that a snapshot stores, for whoever loads them.
#pragma once

#include <functional>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/snapshot/stored_rows.hpp"

namespace dbrollback::snapshot {

class StoredRowSource final : public database::RowSource {
 public:
  // `rows` must outlive it.
  explicit StoredRowSource(const StoredRows& rows) : rows_(&rows) {}

  [[nodiscard]] std::vector<Run> runs() const override {
    std::vector<Run> out;
    for (const auto& run : rows_->runs()) {
      out.push_back({.table = run.table, .bytes = run.raw_bytes});
    }
    return out;
  }
  void read(std::size_t run, const std::function<void(base::ByteView)>& take) const override {
    StoredRows::Scratch scratch;
    rows_->read(rows_->runs()[run], scratch, take);
  }

 private:
  const StoredRows* rows_;
};

}  // namespace dbrollback::snapshot
