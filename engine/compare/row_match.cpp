#include "engine/compare/row_match.hpp"

#include <algorithm>
#include <span>

#include "engine/base/text.hpp"

namespace dbrollback::compare {

namespace {

constexpr std::size_t rows_at_a_time = 2048;  // 80 KiB
constexpr std::uint64_t most_partitions = 128;

}  // namespace

RowMatch::RowMatch(std::uint64_t rows, std::uint64_t rows_in_memory) {
  partitions_.resize(std::min(rows / rows_in_memory + 1, most_partitions));
  if (partitions_.size() > 1) {
    folder_.emplace(base::temporary_folder() / "dbrollback-diff-");
    for (std::size_t i = 0; i < partitions_.size(); ++i) {
      partitions_[i].file = base::File(folder_->path() / base::cat(i), base::File::Mode::create_new);
    }
  }
}

void RowMatch::add(Side from, const base::Hash128& key, const base::Hash128& value) {
  Partition& partition = partitions_[key.low % partitions_.size()];
  partition.rows.push_back({.key = {key.low, key.high}, .value = {value.low, value.high}, .from = from});
  if (folder_ && partition.rows.size() == rows_at_a_time) {
    spill(partition);
  }
}

void RowMatch::spill(Partition& partition) {
  partition.file.write(std::as_bytes(std::span(partition.rows)));
  partition.rows.clear();
}

database::RowDifference RowMatch::finish() {
  database::RowDifference out;
  for (Partition& partition : partitions_) {
    if (folder_) {
      spill(partition);
      partition.rows.resize(partition.file.size() / sizeof(Row));
      (void)partition.file.read_at(0, std::as_writable_bytes(std::span(partition.rows)));
    }
    count(partition.rows, out);
    partition = {};
  }
  return out;
}

void RowMatch::count(std::vector<Row>& rows, database::RowDifference& out) {
  std::sort(rows.begin(), rows.end());
  for (auto begin = rows.begin(); begin != rows.end();) {
    const auto end = std::find_if(begin, rows.end(), [&](const Row& row) { return row.key != begin->key; });
    std::array<std::uint64_t, 2> alone{};  // rows of each side that the other has not
    while (begin != end) {
      const auto same = std::find_if(begin, end, [&](const Row& row) { return row.value != begin->value; });
      const auto of_b = std::find_if(begin, same, [](const Row& row) { return row.from == Side::b; });
      const auto a = static_cast<std::uint64_t>(of_b - begin);
      const auto b = static_cast<std::uint64_t>(same - of_b);
      alone[0] += a - std::min(a, b);
      alone[1] += b - std::min(a, b);
      begin = same;
    }
    const std::uint64_t changed = std::min(alone[0], alone[1]);
    out.changed += changed;
    out.removed += alone[0] - changed;
    out.added += alone[1] - changed;
  }
}

}  // namespace dbrollback::compare
