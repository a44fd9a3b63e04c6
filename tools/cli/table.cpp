#include "tools/cli/table.hpp"

#include <algorithm>
#include <numeric>

#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {
constexpr std::size_t gap = 2;
constexpr std::size_t stacked_indent = 4;
}  // namespace

// Which columns are shown, and how wide.
struct Table::Layout {
  std::vector<std::size_t> shown;
  std::vector<std::size_t> width;  // by column, shown or not

  [[nodiscard]] std::size_t total() const {
    return std::accumulate(shown.begin(), shown.end(), shown.empty() ? 0 : (shown.size() - 1) * gap,
                           [this](std::size_t sum, std::size_t column) { return sum + width[column]; });
  }
};

// 0 for a column without text.
std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const std::vector<Cell>& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], display_width(cells[i].text));
  }
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], display_width(columns_[i].title));
  }
  return widths;
}

Table::Layout Table::fit(std::size_t first_column, std::size_t width) const {
  Layout layout{.shown = {}, .width = widths()};
  for (std::size_t i = first_column; i < columns_.size(); ++i) {
    if (layout.width[i] > 0) layout.shown.push_back(i);
  }
  // What the table needs with every column as short as it may be.
  const auto least_total = [&] {
    std::size_t total = layout.total();
    for (const std::size_t i : layout.shown) {
      if (columns_[i].least > 0) total -= layout.width[i] - std::min(layout.width[i], columns_[i].least);
    }
    return total;
  };
  while (layout.total() > width) {
    const auto most = std::max_element(layout.shown.begin(), layout.shown.end(), [this](std::size_t a, std::size_t b) {
      return columns_[a].expendable < columns_[b].expendable;
    });
    if (most == layout.shown.end() || columns_[*most].expendable == 0) break;
    layout.shown.erase(most);
  }
  if (least_total() > width) return layout;
  while (layout.total() > width) {
    // The widest of those that may still be shortened gives one column.
    std::size_t widest = columns_.size();
    for (const std::size_t i : layout.shown) {
      if (columns_[i].least == 0 || layout.width[i] <= columns_[i].least) continue;
      if (widest == columns_.size() || layout.width[i] > layout.width[widest]) widest = i;
    }
    --layout.width[widest];
  }
  return layout;
}

std::string Table::line(const std::vector<Cell>& cells, const Layout& layout, bool colour) const {
  std::string out;
  std::string owed;  // spaces that are written only when something follows them
  for (const std::size_t i : layout.shown) {
    const std::string text = shorten(cells[i].text, layout.width[i]);
    const std::string fill(layout.width[i] - display_width(text), ' ');
    const bool right = columns_[i].align == Column::Align::right;
    if (right) owed += fill;
    if (!text.empty()) {
      out += owed + paint(text, cells[i].colour, colour);
      owed.clear();
    }
    if (!right) owed += fill;
    owed.append(gap, ' ');
  }
  return out;
}

std::string Table::render(std::size_t width, bool colour) const {
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Colour::bold});

  std::string out;
  const Layout whole = fit(0, width);
  if (whole.total() <= width || columns_.size() == 1) {
    out += line(titles, whole, colour) + "\n";
    for (const std::vector<Cell>& cells : rows_) out += line(cells, whole, colour) + "\n";
    return out;
  }

  Layout first = fit(0, unlimited_width);
  first.shown = {0};
  const std::size_t room = std::max(width, stacked_indent + 1) - stacked_indent;
  Layout rest = fit(1, room);
  while (rest.total() > room && rest.shown.size() > 1) rest.shown.pop_back();
  const auto both = [&](const std::vector<Cell>& cells) {
    out += line(cells, first, colour) + "\n";
    out += std::string(stacked_indent, ' ') + line(cells, rest, colour) + "\n";
  };
  both(titles);
  for (const std::vector<Cell>& cells : rows_) both(cells);
  return out;
}

}  // namespace dbrollback::cli
