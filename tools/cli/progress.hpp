// What a long operation shows of itself.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "dbrollback/observer.hpp"

namespace dbrollback::cli {

// A moment of one phase, `elapsed` after the phase began.
struct Moment {
  std::string phase;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  // 0: unknown
  std::string unit;
  std::chrono::milliseconds elapsed{};
};

// One line for a terminal, at most `width` columns wide:
// "reading pages  ████████░░░░░░░   62 %  128 MB of 207 MB  310 MB/s  1 s left". What does not fit is left out.
[[nodiscard]] std::string progress_bar(const Moment& moment, std::size_t width);

// The same for a log: "reading pages: 62 %, 128 MB of 207 MB, 310 MB/s, 1 s left".
[[nodiscard]] std::string progress_line(const Moment& moment);

// Decides when a phase shows something. Not thread-safe.
class ProgressMeter {
 public:
  using Clock = std::chrono::steady_clock;

  explicit ProgressMeter(Clock::duration interval, Clock::duration delay) : interval_(interval), delay_(delay) {}

  // The moment to show now, if it is time to: at most once in `interval`, not before `delay` after the operation began.
  [[nodiscard]] std::optional<Moment> update(const Progress& progress, Clock::time_point now);

  // The phase that the last update ended, once; `done` is what it reached.
  [[nodiscard]] std::optional<Moment> take_ended();

  // The operation is over: ends its last phase.
  void finish(Clock::time_point now);

 private:
  Clock::duration interval_;
  Clock::duration delay_;
  bool running_ = false;
  Clock::time_point phase_began_;
  Clock::time_point next_show_;
  Moment current_;
  std::optional<Moment> ended_;
};

}  // namespace dbrollback::cli
