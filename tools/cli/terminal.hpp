// What stdout and stderr are connected to.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace dbrollback::cli {

enum class Colour { plain, bold, dim, red, green, yellow, cyan };

constexpr std::size_t unlimited_width = std::numeric_limits<std::size_t>::max();

struct Screen {
  bool terminal = false;
  bool can_erase = false;  // a terminal that can go back to the beginning of its line: not TERM=dumb
  bool colour = false;
};

// `colour` false: none wanted, whatever the terminal can do. NO_COLOR and TERM=dumb are respected.
[[nodiscard]] Screen screen_of(int fd, bool colour);

// Of the terminal at `fd`, else of COLUMNS. Asked anew each time, because people resize their windows. Without either:
// 80 for a terminal, unlimited for a file or a pipe.
[[nodiscard]] std::size_t width_of(int fd);

[[nodiscard]] std::string paint(std::string_view text, Colour colour, bool enabled);

// Opens /dev/null over a standard stream that is closed, in the direction that makes its use fail: no file of ours may
// become "standard output".
void claim_standard_streams();

}  // namespace dbrollback::cli
