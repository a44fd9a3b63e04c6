// Tables whose rows can be read, of a stored snapshot or of a live database, and what differs between two of a kind.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/database/database.hpp"
#include "schema/model.hpp"

namespace dbrollback::compare {

class RowTables {
 public:
  RowTables() = default;
  RowTables(const RowTables&) = delete;
  RowTables& operator=(const RowTables&) = delete;
  RowTables(RowTables&&) = delete;
  RowTables& operator=(RowTables&&) = delete;
  virtual ~RowTables() = default;

  [[nodiscard]] virtual const schema::Schema& schema() const = 0;
  // Of the values, as servers name it.
  [[nodiscard]] virtual const std::string& encoding() const = 0;
  [[nodiscard]] virtual const std::vector<SequenceFacts>& sequences() const = 0;
  [[nodiscard]] virtual database::Content content(const std::string& table) = 0;
  // Gives `take` each row of a table, as database::RowView does.
  virtual void rows(const std::string& table, const std::function<void(base::ByteView row)>& take) = 0;
};

// Precondition: both have the table. Rows that are alike but for columns that one side lacks are the same.
[[nodiscard]] database::RowDifference compare_rows(RowTables& a, RowTables& b, const std::string& table);

}  // namespace dbrollback::compare
