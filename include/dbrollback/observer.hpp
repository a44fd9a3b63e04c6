// How a long operation tells its caller what it is doing, and how the caller stops it.
#pragma once

#include <cstdint>
#include <string_view>

namespace dbrollback {

// A moment of a long operation. `phase` is a short verb phrase ("reading pages"); `done` and `total` count `unit`
// ("bytes", "rows", "snapshots"); `total` is 0 while it is unknown.
struct Progress {
  std::string_view phase;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  std::string_view unit;
};

// All functions are called from the thread that called the operation. They must not throw.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  Observer(Observer&&) = delete;
  Observer& operator=(Observer&&) = delete;
  virtual ~Observer() = default;

  virtual void progress(const Progress& /*moment*/) {}
  // Something worth knowing that changes no outcome: "rolled back a hot journal", "spooling to /tmp/…".
  virtual void note(std::string_view /*text*/) {}
  // Something that a person should act on although the operation succeeds.
  virtual void warning(std::string_view /*text*/) {}
  // Asked often. True ends the operation with Error "interrupted", leaving everything as it was.
  [[nodiscard]] virtual bool cancelled() { return false; }
};

}  // namespace dbrollback
