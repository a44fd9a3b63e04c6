// How two sets of rows differ, each known by two hashes: that of what it is found by, and that of the rest.
//
// Rows come in any order, and more than fit into memory: those whose keys have the same hash modulo a number go to a
// file of their own, and each file is sorted by itself (the partitioning of a GRACE hash join: Kitsuregawa, Tanaka,
// Moto-oka, "Application of hash to data base machine and its architecture", 1983).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "engine/base/hash.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/compare/comparison.hpp"

namespace dbrollback::compare {

class RowMatch {
 public:
  // `rows`: about how many come, of both sides. Below `rows_in_memory` there are no files.
  explicit RowMatch(std::uint64_t rows, std::uint64_t rows_in_memory = 1ULL << 21U);

  void add(Side from, const base::Hash128& key, const base::Hash128& value);
  // Call once. Of rows with the same key those with the same value are the same row, and the others have changed.
  // Leaves compared_by empty.
  [[nodiscard]] database::RowDifference finish();

 private:
  struct Row {
    std::array<std::uint64_t, 2> key{};
    std::array<std::uint64_t, 2> value{};
    Side from = Side::a;
    friend bool operator<(const Row& a, const Row& b) {
      return std::tie(a.key, a.value, a.from) < std::tie(b.key, b.value, b.from);
    }
  };
  struct Partition {
    std::vector<Row> rows;
    base::File file;
  };

  void spill(Partition& partition);
  static void count(std::vector<Row>& rows, database::RowDifference& out);

  std::optional<base::TemporaryFolder> folder_;  // absent: everything fits into memory
  std::vector<Partition> partitions_;
};

}  // namespace dbrollback::compare
