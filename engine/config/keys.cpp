#include "engine/config/keys.hpp"

#include <algorithm>
#include <cctype>

namespace dbrollback::config {

namespace {

bool same(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  using Row = std::vector<std::size_t>;
  std::vector<Row> distance(a.size() + 1, Row(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        distance[i][j] = i + j;
        continue;
      }
      const std::size_t change = same(a[i - 1], b[j - 1]) ? 0 : 1;
      distance[i][j] = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1, distance[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
      }
    }
  }
  return distance[a.size()][b.size()];
}

std::string nearest_name(std::string_view typed, const std::vector<std::string>& known) {
  constexpr std::size_t longest = 64;
  std::size_t least = 3;
  std::string nearest;
  for (const std::string& name : known) {
    if (typed.size() > longest || name.size() > longest) {
      continue;
    }
    const std::size_t distance = edit_distance(typed, name);
    // A word of which every letter differs is no slip of the finger.
    if (distance < least && distance < std::min(name.size(), typed.size())) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace dbrollback::config
