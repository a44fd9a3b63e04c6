// What the fuzz targets share: an input taken apart, and invariants that end the program when they do not hold.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dbrollback/error.hpp"
#include "engine/base/bytes.hpp"
#include "engine/base/text.hpp"

// libFuzzer and replay.cpp call this.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dbrollback::fuzz {

inline void require(bool holds, const char* what) {
  if (!holds) {
    (void)std::fprintf(stderr, "this must hold, and does not: %s\n", what);
    std::abort();
  }
}

inline bool fits_a_terminal(const std::string& text) { return base::printable(text) == text; }

// Whether `action` returned. It may throw Error, fit to be shown, and nothing else.
template <class Action>
bool succeeds(Action action) {
  try {
    action();
    return true;
  } catch (const Error& error) {
    const ErrorInfo& info = error.info();
    require(!info.code.empty() && !info.message.empty(), "an error has a code and a message");
    require(fits_a_terminal(info.message) && fits_a_terminal(info.state) && fits_a_terminal(info.next),
            "what an error says fits one line of a terminal");
    return false;
  }
}

// What an input is read as, from its beginning. After its end there are zeros.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] bool empty() const { return left_.empty(); }

  template <std::unsigned_integral T>
  [[nodiscard]] T number() {
    base::Bytes bytes;
    base::put(bytes, base::bytes_of(take(sizeof(T))));
    bytes.resize(sizeof(T));
    return base::get<T>(bytes, 0);
  }
  [[nodiscard]] std::uint8_t byte() { return number<std::uint8_t>(); }

  // To the end of the line.
  [[nodiscard]] std::string line() {
    const std::string_view text = take(left_.find('\n'));
    (void)take(1);
    return std::string(text);
  }
  [[nodiscard]] std::string rest() { return std::string(take(left_.size())); }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view left_;
};

}  // namespace dbrollback::fuzz
