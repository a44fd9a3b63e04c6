// A table that fits the terminal without ever breaking its alignment.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/cli/terminal.hpp"

namespace dbrollback::cli {

struct Cell {
  std::string text;  // one line, printable
  Colour colour = Colour::plain;
};

struct Column {
  enum class Align { left, right };
  std::string title;
  Align align = Align::left;
  // The width that its cells may be shortened to; 0: never shortened.
  std::size_t least = 0;
  // Left out where the table does not fit, the highest number first; 0: never left out.
  int expendable = 0;
};

// What does not fit is made to, in this order: expendable columns are left out, columns with a `least` are shortened,
// and at last the first column gets a line of its own, with the others indented below. The first column is never
// shortened. A column without any text is not shown.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }

  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // Lines that end in '\n', none wider than `width` unless the first column is.
  [[nodiscard]] std::string render(std::size_t width, bool colour) const;

 private:
  struct Layout;
  [[nodiscard]] std::vector<std::size_t> widths() const;
  [[nodiscard]] Layout fit(std::size_t first_column, std::size_t width) const;
  [[nodiscard]] std::string line(const std::vector<Cell>& cells, const Layout& layout, bool colour) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace dbrollback::cli
