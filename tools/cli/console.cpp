#include "tools/cli/console.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "dbrollback/json.hpp"
#include "tools/cli/format.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ProgressMeter meter_for(const Screen& screen) {
  // A bar appears only for what takes a moment; a log gets a line now and then.
  return screen.can_erase ? ProgressMeter(milliseconds(100), milliseconds(150)) : ProgressMeter(seconds(5), seconds(5));
}

}  // namespace

Console::Console(const Appearance& appearance)
    : out_(screen_of(STDOUT_FILENO, appearance.colour)),
      err_(screen_of(STDERR_FILENO, appearance.colour)),
      meter_(meter_for(err_)) {
  set(appearance);
}

void Console::set(const Appearance& appearance) {
  appearance_ = appearance;
  out_ = screen_of(STDOUT_FILENO, appearance.colour);
  err_ = screen_of(STDERR_FILENO, appearance.colour);
  text_ = appearance.json ? Text::nowhere : Text::to_stdout;
}

void Console::say(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  if (text_ == Text::to_stdout) write_out(text);
  if (text_ == Text::to_stderr) write_err(text);
}

void Console::say(const Table& table) {
  std::string text = table.render(text_width(), text_ == Text::to_stderr ? err_.colour : out_.colour);
  if (text.ends_with('\n')) text.pop_back();
  say(text);
}

std::string Console::paint(std::string_view text, Colour colour) const {
  return cli::paint(text, colour, text_ == Text::to_stderr ? err_.colour : out_.colour);
}

std::size_t Console::text_width() const { return width_of(text_ == Text::to_stderr ? STDERR_FILENO : STDOUT_FILENO); }

void Console::document(std::string_view text) { write_out(text); }

void Console::warning(std::string_view text) {
  if (!warned_.emplace(text).second) return;
  write_err(cli::paint("warning:", Colour::yellow, err_.colour) + " " + printable(text, true) + "\n");
}

void Console::note(std::string_view text) {
  if (!appearance_.quiet) write_err("note: " + printable(text, true) + "\n");
}

void Console::detail(std::string_view text) {
  if (appearance_.verbose && !appearance_.quiet)
    write_err(cli::paint(printable(text), Colour::dim, err_.colour) + "\n");
}

void Console::error(const ErrorInfo& info) {
  write_err(cli::paint("dbrollback:", Colour::red, err_.colour) + " " + printable(info.message, true) + "\n");
  if (!info.state.empty()) write_err("  state: " + printable(info.state, true) + "\n");
  if (!info.next.empty()) write_err("  next:  " + printable(info.next, true) + "\n");
  if (appearance_.json) write_out(to_json(info));
}

void Console::prompt(std::string_view text) { write_err(text); }

void Console::progress(const Progress& progress) {
  if (appearance_.quiet) return;
  const auto moment = meter_.update(progress, ProgressMeter::Clock::now());
  tell_ended_phase();
  if (!moment) return;
  if (!err_.can_erase) {
    write_err(progress_line(*moment) + "\n");
    return;
  }
  // Some columns stay free: some terminals wrap a full line, and all of them echo "^C" behind the bar. One write over
  // the old bar: no flicker.
  constexpr std::size_t free = 3;
  const std::size_t width = width_of(STDERR_FILENO);
  bar_shown_ = false;
  write_err("\r" + progress_bar(*moment, width > free ? width - free : width) + "\x1b[K");
  bar_shown_ = true;
}

void Console::end_progress() {
  meter_.finish(ProgressMeter::Clock::now());
  erase_bar();
  tell_ended_phase();
}

void Console::tell_ended_phase() {
  const auto ended = meter_.take_ended();
  if (!ended || !appearance_.verbose || ended->done == 0) return;
  const std::string amount = ended->unit == "bytes" ? bytes(ended->done) : count(ended->done) + " " + ended->unit;
  detail(ended->phase + ": " + amount + " in " + duration(ended->elapsed));
}

void Console::erase_bar() {
  if (!bar_shown_) return;
  bar_shown_ = false;
  write_err("\r\x1b[K");
}

void Console::write_out(std::string_view text) {
  erase_bar();
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() && out_error_ == 0) out_error_ = errno;
  // Lines of a long command appear as they come, also in a pipe to `tee`.
  if (std::fflush(stdout) != 0 && out_error_ == 0) out_error_ = errno;
}

void Console::write_err(std::string_view text) {
  erase_bar();
  // Nobody is left to tell when this fails.
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
}

Exit Console::finish(Exit status) {
  end_progress();
  if (out_error_ == 0) return status;
  write_err("dbrollback: could not write to standard output: " + std::string(std::strerror(out_error_)) + "\n");
  if (status == Exit::done) write_err("  state: the command was carried out; only what it printed was lost\n");
  return status == Exit::done ? Exit::failed : status;
}

}  // namespace dbrollback::cli
