#include "schema/migrations/format.hpp"

#include <algorithm>

namespace dbrollback::schema {

namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    out.append(c == quote ? 2 : 1, c);
  }
  out.push_back(quote);
  return out;
}

}  // namespace

std::string sql_name(std::string_view name) { return quoted(name, '"'); }

std::string sql_text(std::string_view text) { return quoted(text, '\''); }

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

std::string behind_mark(std::string_view text) {
  return without_mark(text).size() == text.size() ? ""
                                                  : ": the file begins with a byte order mark (BOM), which hides its "
                                                    "first line from the tool; save it without one";
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    out.push_back({line, at, out.size() + 1});
    at = end + 1;
  }
  return out;
}

}  // namespace dbrollback::schema
