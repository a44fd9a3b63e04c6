#include "tools/cli/progress.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

std::string amount(std::uint64_t number, const std::string& unit) {
  return unit == "bytes" ? bytes(number) : count(number);
}

double fraction(const Moment& moment) {
  if (moment.total == 0) return 0;
  return std::min(1.0, static_cast<double>(moment.done) / static_cast<double>(moment.total));
}

std::string percent(const Moment& moment) { return std::to_string(static_cast<int>(fraction(moment) * 100)) + " %"; }

// Nothing is counted, or nothing is there to be counted yet: only the phase can be told.
bool is_uncounted(const Moment& moment) { return moment.total == 0 && moment.done == 0; }

std::string amounts(const Moment& moment) {
  std::string text = amount(moment.done, moment.unit);
  if (moment.total > 0) text += " of " + amount(moment.total, moment.unit);
  return moment.unit == "bytes" ? text : text + " " + moment.unit;
}

// Empty until the phase has run long enough to tell.
std::string rate(const Moment& moment) {
  if (moment.elapsed < std::chrono::milliseconds(200) || moment.done == 0) return {};
  const double per_second = static_cast<double>(moment.done) * 1000 / static_cast<double>(moment.elapsed.count());
  return amount(static_cast<std::uint64_t>(per_second), moment.unit) + "/s";
}

std::string time_left(const Moment& moment) {
  if (moment.elapsed < std::chrono::seconds(1) || moment.done == 0 || moment.total <= moment.done) return {};
  const double each = static_cast<double>(moment.elapsed.count()) / static_cast<double>(moment.done);
  const double left = each * static_cast<double>(moment.total - moment.done);
  // Whole seconds: a guess need not look exact.
  const auto rest = static_cast<std::int64_t>(left / 1000) + 1;
  return (rest < 60 ? std::to_string(rest) + " s" : duration(std::chrono::seconds(rest))) + " left";
}

std::string blocks(double part, std::size_t width) {
  constexpr std::array<const char*, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(width) * 8);
  std::string bar;
  for (std::size_t i = 0; i < filled / 8; ++i) bar += "█";
  bar += eighths.at(filled % 8);
  for (std::size_t i = (filled + 7) / 8; i < width; ++i) bar += "░";
  return bar;
}

// What stands right of the bar, padded so that nothing dances while the numbers grow.
struct Parts {
  std::string percent;
  std::string amounts;
  std::string rate;
  std::string left;
};

Parts padded_parts(const Moment& moment) {
  if (is_uncounted(moment)) return {};
  constexpr std::size_t longest_size = 7;  // "61.2 MB"
  const bool known = moment.total > 0;
  const std::size_t done_width = moment.unit == "bytes" ? longest_size : amount(moment.total, moment.unit).size();
  const std::string of_total = known ? " of " + amount(moment.total, moment.unit) : "";
  const std::string unit = moment.unit == "bytes" ? "" : " " + moment.unit;
  const std::string speed = rate(moment);
  return {.percent = known ? pad_left(percent(moment), 5) : "",
          .amounts = pad_left(amount(moment.done, moment.unit), done_width) + of_total + unit,
          .rate = pad_left(speed, longest_size + 2),
          .left = pad_right(time_left(moment), known ? 9 : 0)};
}

}  // namespace

std::string progress_bar(const Moment& moment, std::size_t width) {
  constexpr std::size_t gap = 2;
  constexpr std::size_t shortest_bar = 8;
  constexpr std::size_t longest_bar = 60;
  std::string line = shorten(moment.phase, width);
  std::size_t room = width - display_width(line);
  const auto claim = [&room](std::size_t columns) {
    if (columns == 0 || gap + columns > room) return false;
    room -= gap + columns;
    return true;
  };
  const auto keep = [&claim](std::string& part) {
    if (!claim(display_width(part))) part.clear();
  };

  // In the order of their worth, which is not that of the line.
  Parts parts = padded_parts(moment);
  keep(parts.percent);
  const bool bar = moment.total > 0 && claim(shortest_bar);
  keep(parts.left);
  keep(parts.amounts);
  keep(parts.rate);

  const std::string space(gap, ' ');
  if (bar) line += space + blocks(fraction(moment), std::min(longest_bar, shortest_bar + room));
  for (const std::string& part : {parts.percent, parts.amounts, parts.rate, parts.left}) {
    if (!part.empty()) line += space + part;
  }
  return line;
}

std::string progress_line(const Moment& moment) {
  if (is_uncounted(moment)) return moment.phase;
  std::vector<std::string> parts;
  if (moment.total > 0) parts.push_back(percent(moment));
  parts.push_back(amounts(moment));
  parts.push_back(rate(moment));
  parts.push_back(time_left(moment));
  std::erase(parts, "");
  return moment.phase + ": " + join(parts, ", ");
}

std::optional<Moment> ProgressMeter::update(const Progress& progress, Clock::time_point now) {
  if (!running_) {
    running_ = true;
    phase_began_ = now;
    next_show_ = now + delay_;
    current_ = {};
  } else if (progress.phase != current_.phase) {
    ended_ = std::move(current_);
    phase_began_ = now;
  }
  current_ = {.phase = std::string(progress.phase),
              .done = progress.done,
              .total = progress.total,
              .unit = std::string(progress.unit),
              .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - phase_began_)};
  if (now < next_show_) return std::nullopt;
  next_show_ = now + interval_;
  return current_;
}

std::optional<Moment> ProgressMeter::take_ended() { return std::exchange(ended_, std::nullopt); }

void ProgressMeter::finish(Clock::time_point now) {
  if (!running_) return;
  running_ = false;
  current_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - phase_began_);
  ended_ = std::move(current_);
}

}  // namespace dbrollback::cli
