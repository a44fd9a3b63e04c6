#include "engine/base/run.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include "engine/base/child.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds tick_every{100};
constexpr milliseconds look_again_after{2};  // a process ends right after its streams
constexpr milliseconds wait_for_heirs{1000};
constexpr milliseconds wait_for_end{2000};

// Text of which the beginning and the end are kept.
class Kept {
 public:
  explicit Kept(std::size_t most) : most_head_(most / 2), most_tail_(most - most / 2) {}

  void take(ByteView bytes) {
    const auto to_head = std::min(most_head_ - head_.size(), bytes.size());
    head_ += text_of(bytes.first(to_head));
    tail_ += text_of(bytes.subspan(to_head));
    if (tail_.size() > 2 * most_tail_) {
      shorten();
    }
  }

  [[nodiscard]] std::string text() {
    shorten();
    return left_out_ == 0 ? head_ + tail_ : cat(head_, "\n[", plural(left_out_, "byte"), " left out]\n", tail_);
  }

 private:
  void shorten() {
    const auto more = tail_.size() - std::min(tail_.size(), most_tail_);
    tail_.erase(0, more);
    left_out_ += more;
  }

  std::size_t most_head_;
  std::size_t most_tail_;
  std::string head_;
  std::string tail_;
  std::uint64_t left_out_ = 0;
};

class Running {
 public:
  explicit Running(const Command& command)
      : command_(command), child_(command), output_(command.most_output), messages_(command.most_output) {}

  [[nodiscard]] Outcome until_ended() {
    Outcome outcome;
    try {
      while (!is_over()) {
        if (is_out_of_time()) {
          outcome.timed_out = true;
          stop();
          break;
        }
        tick();
        attend();
      }
    } catch (...) {
      stop();
      throw;
    }
    const siginfo_t end = child_.reap();
    (end.si_code == CLD_EXITED ? outcome.status : outcome.signal) = end.si_status;
    outcome.output = output_.text();
    outcome.messages = messages_.text();
    return outcome;
  }

 private:
  [[nodiscard]] bool has_streams() const { return child_.output.is_open() || child_.messages.is_open(); }

  // Ended, and everything that it wrote is read.
  [[nodiscard]] bool is_over() {
    if (!ended_at_ && child_.has_ended()) {
      ended_at_ = Clock::now();
      child_.input.close();
    }
    return ended_at_ && (!has_streams() || Clock::now() - *ended_at_ >= wait_for_heirs);
  }

  [[nodiscard]] bool is_out_of_time() const {
    return !ended_at_ && command_.timeout > milliseconds(0) && Clock::now() - begun_at_ >= command_.timeout;
  }

  void tick() {
    if (command_.tick && Clock::now() >= next_tick_) {
      command_.tick();
      next_tick_ = Clock::now() + tick_every;
    }
  }

  // Waits for a short time until the child has something to say or can take more, and serves it.
  void attend() {
    const milliseconds pause = has_streams() ? tick_every : look_again_after;
    std::array<pollfd, 3> watched{{{.fd = child_.input.fd(), .events = POLLOUT, .revents = 0},
                                   {.fd = child_.output.fd(), .events = POLLIN, .revents = 0},
                                   {.fd = child_.messages.fd(), .events = POLLIN, .revents = 0}}};
    if (system().poll(watched, pause) < 0) {
      if (errno != EINTR) {
        fail_errno(errno, "wait for", child_.name());
      }
      return;
    }
    if (watched[0].revents != 0) {
      feed();
    }
    if (watched[1].revents != 0) {
      drain(child_.output, [&](ByteView bytes) { take_output(bytes); });
    }
    if (watched[2].revents != 0) {
      drain(child_.messages, [&](ByteView bytes) { messages_.take(bytes); });
    }
  }

  void feed() {
    if (left_.empty()) {
      piece_ = command_.give_input();
      left_ = piece_;
    }
    const ssize_t put = left_.empty() ? 0 : write_quietly(child_.input, left_);
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) {
      return;
    }
    if (put < 0 && errno != EPIPE) {
      fail_errno(errno, "write to", child_.name());
    }
    if (put <= 0) {
      child_.input.close();  // the end of what there is, or of what the child wants
      return;
    }
    left_ = left_.subspan(static_cast<std::size_t>(put));
  }

  template <class Take>
  void drain(PipeEnd& from, Take take) {
    const ssize_t got = system().read(from.fd(), buffer_.data(), buffer_.size());
    if (got < 0 && errno != EINTR) {
      fail_errno(errno, "read what is written by", child_.name());
    }
    if (got == 0) {
      from.close();
    } else if (got > 0) {
      take(ByteView(buffer_).first(static_cast<std::size_t>(got)));
    }
  }

  void take_output(ByteView bytes) {
    if (!command_.take_output) {
      output_.take(bytes);
    } else if (!stopping_) {
      command_.take_output(bytes);
    }
  }

  // Terminates the group. What it still writes is read, so that nobody of it waits for us. Does not reap.
  void stop() noexcept {
    stopping_ = true;
    child_.input.close();
    child_.signal(SIGTERM);
    child_.signal(SIGCONT);  // who was stopped hears nothing else
    try {
      const auto deadline = Clock::now() + wait_for_end;
      while (!is_over() && Clock::now() < deadline) {
        attend();
      }
    } catch (...) {  // what made us stop is what is told
    }
    child_.signal(SIGKILL);
  }

  const Command& command_;
  Child child_;
  Kept output_;
  Kept messages_;
  Bytes buffer_ = Bytes(1U << 16U);
  Bytes piece_;
  ByteView left_;  // of piece_
  Clock::time_point begun_at_ = Clock::now();
  Clock::time_point next_tick_ = begun_at_;
  std::optional<Clock::time_point> ended_at_;
  bool stopping_ = false;
};

}  // namespace

Outcome run(const Command& command) { return Running(command).until_ended(); }

}  // namespace dbrollback::base
