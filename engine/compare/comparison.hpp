// Two states of a database, opened to be compared: stored snapshots, or one of them and the live database.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/database/database.hpp"
#include "engine/repository/store.hpp"
#include "schema/diff.hpp"

namespace dbrollback::compare {

enum class Side : std::uint8_t { a, b };

class Comparison {
 public:
  Comparison() = default;
  Comparison(const Comparison&) = delete;
  Comparison& operator=(const Comparison&) = delete;
  Comparison(Comparison&&) = delete;
  Comparison& operator=(Comparison&&) = delete;
  virtual ~Comparison() = default;

  [[nodiscard]] virtual const schema::Schema& schema(Side side) = 0;
  // What differs beside the schema and the rows, from A to B.
  [[nodiscard]] virtual std::vector<schema::Change> others() { return {}; }
  // Precondition: the side has the table.
  [[nodiscard]] virtual std::uint64_t count(Side side, const std::string& table) = 0;
  // From A to B. Precondition: both sides have the table.
  [[nodiscard]] virtual database::RowDifference rows(const std::string& table) = 0;
};

// The manifest of each side, A first; nothing for the live database, which is `database`.
using Manifests = std::array<std::optional<SnapshotDetails>, 2>;

// Preconditions: one side is stored. What is given must outlive the comparison. Throws Error: Exit::usage where the
// sides are of different engines, Exit::damaged as the readers of snapshots do.
[[nodiscard]] std::unique_ptr<Comparison> open_comparison(repository::Store& store, const DatabaseConfig& database,
                                                          const Manifests& manifests, Observer& observer);

// The two kinds, of open_comparison's arguments.
[[nodiscard]] std::unique_ptr<Comparison> open_pages(repository::Store& store, const DatabaseConfig& database,
                                                     const Manifests& manifests, Observer& observer);
[[nodiscard]] std::unique_ptr<Comparison> open_rows(repository::Store& store, const DatabaseConfig& database,
                                                    const Manifests& manifests, Observer& observer);

}  // namespace dbrollback::compare
