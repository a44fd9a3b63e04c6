// Everything that is printed goes through here: stdout for results, stderr for what is said about them.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "dbrollback/error.hpp"
#include "tools/cli/progress.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/terminal.hpp"

namespace dbrollback::cli {

struct Appearance {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool colour = true;
};

// Not thread-safe. One object for the life of the program.
class Console {
 public:
  explicit Console(const Appearance& appearance);

  void set(const Appearance& appearance);
  [[nodiscard]] const Appearance& appearance() const { return appearance_; }

  // Where text for people goes: stdout; nowhere under --json; stderr when stdout carries data.
  enum class Text { to_stdout, to_stderr, nowhere };
  void send_text(Text where) { text_ = where; }

  // A line of text for people.
  void say(std::string_view line = {});
  void say(const Table& table);
  // `text` in a colour, where the text of say() is shown in colours.
  [[nodiscard]] std::string paint(std::string_view text, Colour colour) const;
  [[nodiscard]] std::size_t text_width() const;

  // The one document of --json, or a help text: stdout, as it is.
  void document(std::string_view text);

  // stderr. The same warning is given once. Notes and details are dropped by --quiet; details are shown with --verbose
  // only.
  void warning(std::string_view text);
  void note(std::string_view text);
  void detail(std::string_view text);
  // "dbrollback: MESSAGE", "  state: …", "  next:  …"; under --json also the document on stdout.
  void error(const ErrorInfo& info);
  // stderr, without a line end; for questions.
  void prompt(std::string_view text);

  void progress(const Progress& progress);
  // The operation that reported progress is over.
  void end_progress();

  // Flushes stdout. `status`, unless what was printed did not arrive: then the message, and 1 instead of 0.
  [[nodiscard]] Exit finish(Exit status);

  [[nodiscard]] const Screen& out_screen() const { return out_; }
  [[nodiscard]] const Screen& err_screen() const { return err_; }

 private:
  void write_out(std::string_view text);
  void write_err(std::string_view text);
  void erase_bar();
  void tell_ended_phase();

  Appearance appearance_;
  Screen out_;
  Screen err_;
  Text text_ = Text::to_stdout;
  ProgressMeter meter_;
  std::set<std::string, std::less<>> warned_;
  bool bar_shown_ = false;
  int out_error_ = 0;  // errno of the first write to stdout that failed
};

}  // namespace dbrollback::cli
