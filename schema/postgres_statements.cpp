#include "schema/postgres_statements.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "schema/postgres_tokens.hpp"
#include "schema/script_lines.hpp"

namespace dbrollback::schema {

namespace {

// Whether a statement is COPY … FROM STDIN, which its data follow.
class CopyWatch {
 public:
  void see(PgQuery__Token kind) {
    if (before_ == PG_QUERY__TOKEN__NUL) {
      is_copy_ = kind == PG_QUERY__TOKEN__COPY;
    }
    depth_ += kind == PG_QUERY__TOKEN__ASCII_40 ? 1 : kind == PG_QUERY__TOKEN__ASCII_41 ? -1 : 0;
    from_stdin_ =
        from_stdin_ || (is_copy_ && depth_ == 0 && before_ == PG_QUERY__TOKEN__FROM && kind == PG_QUERY__TOKEN__STDIN);
    before_ = kind;
  }
  [[nodiscard]] bool from_stdin() const { return from_stdin_; }

 private:
  bool is_copy_ = false;
  bool from_stdin_ = false;
  int depth_ = 0;
  PgQuery__Token before_ = PG_QUERY__TOKEN__NUL;
};

// The tokens of a text up to what the scanner cannot read, for which it returns none at all.
class ReadableTokens {
 public:
  explicit ReadableTokens(std::string_view text)
      : tokens_(std::in_place, text), problem_(tokens_->problem()), problem_at_(tokens_->problem_at()) {
    for (std::size_t size = text.size(); !tokens_->problem().empty();) {
      size = std::min(tokens_->problem_at(), size - 1);
      tokens_.emplace(text.substr(0, size));
    }
  }
  [[nodiscard]] const PostgresTokens& tokens() const { return *tokens_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::size_t problem_at() const { return problem_at_; }

 private:
  std::optional<PostgresTokens> tokens_;
  std::string problem_;
  std::size_t problem_at_ = 0;
};

bool only_comments(std::string_view text) {
  const PostgresTokens tokens(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_comment(tokens[i])) {
      return false;
    }
  }
  return tokens.problem().empty();
}

// Reads a script through windows. The data of COPY are no SQL, and so a scanner that saw all of the script could lose
// its way in them: what a window shows of them is thrown away, and the next window begins behind them.
class PostgresReader {
 public:
  explicit PostgresReader(std::string_view script) : script_(script), scanned_(without_keys(script)), lines_(script) {}

  std::vector<Statement> read() {
    while (at_ < script_.size()) {
      const std::size_t begin = at_;
      read_window(std::min(window_, script_.size() - at_));
      window_ = at_ == begin ? window_ * 2 : first_window();
    }
    return std::move(out_);
  }

 private:
  // A window with a line "\." has data in it, most likely: there is nothing to look for behind them.
  [[nodiscard]] std::size_t first_window() const {
    constexpr std::size_t enough = std::size_t{64} << 10U;
    constexpr std::string_view end_of_data = "\n\\.";
    const std::size_t data_end = std::string_view(scanned_).substr(at_, enough).find(end_of_data);
    return data_end == std::string_view::npos ? enough : data_end + end_of_data.size();
  }

  // Reads the statements that end within the window, and at the end of the script the one that is left.
  void read_window(std::size_t size) {
    const std::size_t from = at_;
    const ReadableTokens readable(std::string_view(scanned_).substr(from, size));
    PostgresEnds ends;
    CopyWatch copy;
    begin_ = end_ = 0;
    for (std::size_t i = 0; i < readable.tokens().size(); ++i) {
      const PostgresToken& token = readable.tokens()[i];
      const std::size_t token_begin = from + static_cast<std::size_t>(token.start);
      const std::size_t token_end = from + static_cast<std::size_t>(token.end);
      if (is_comment(token)) {
        continue;
      }
      if (token.token == PG_QUERY__TOKEN__ASCII_92) {
        refuse_command(token_begin);
      }
      if (!ends.at(token)) {
        copy.see(token.token);
        begin_ = end_ == 0 ? token_begin : begin_;
        end_ = token_end;
        continue;
      }
      add();
      at_ = token_end;
      if (copy.from_stdin()) {
        out_.back().copy_data = take_data();
        return;
      }
      copy = CopyWatch();
    }
    if (from + size == script_.size()) {
      end_script(from, readable, copy);
    }
  }

  void end_script(std::size_t from, const ReadableTokens& readable, const CopyWatch& copy) {
    if (!readable.problem().empty()) {
      throw ScriptError(lines_.at(from + readable.problem_at()), readable.problem());
    }
    add();
    if (copy.from_stdin()) {
      refuse_open_data();
    }
    at_ = script_.size();
  }

  void add() {
    if (end_ != 0) {
      out_.push_back({.text = std::string(script_.substr(begin_, end_ - begin_)), .line = lines_.at(begin_)});
    }
    begin_ = end_ = 0;
  }

  // From the line after the one that the COPY ends on.
  std::string take_data() {
    const std::size_t begin = line_end(at_);
    if (!only_comments(script_.substr(at_, begin - at_))) {
      throw ScriptError(lines_.at(at_), "more than a comment after COPY … FROM STDIN on the same line");
    }
    for (std::size_t at = begin; at < script_.size(); at = at_) {
      at_ = line_end(at);
      const std::string_view line = script_.substr(at, at_ - at);
      if (line == "\\.\n" || line == "\\.\r\n" || line == "\\.") {
        return std::string(script_.substr(begin, at - begin));
      }
    }
    refuse_open_data();
  }

  [[noreturn]] void refuse_open_data() const {
    throw ScriptError(out_.back().line, "the data of COPY … FROM STDIN has no end, which is a line \"\\.\"");
  }

  // No SQL has a backslash outside of quotes and comments.
  [[noreturn]] void refuse_command(std::size_t at) {
    const std::size_t end = std::min(script_.find_first_of(" \t\r\n", at), script_.size());
    throw ScriptError(lines_.at(at), std::string(script_.substr(at, end - at)) + " is a command of psql, not SQL");
  }

  [[nodiscard]] std::size_t line_end(std::size_t at) const {
    const std::size_t newline = script_.find('\n', at);
    return newline == std::string_view::npos ? script_.size() : newline + 1;
  }

  std::string_view script_;
  std::string scanned_;  // the same, and what is no SQL blanked
  ScriptLines lines_;
  std::size_t at_ = 0;  // where the next statement may begin
  std::size_t window_ = first_window();
  std::size_t begin_ = 0;  // of the statement that is read
  std::size_t end_ = 0;    // of its last token so far; 0: there was none
  std::vector<Statement> out_;
};

}  // namespace

std::vector<Statement> postgres_statements(std::string_view script) { return PostgresReader(script).read(); }

}  // namespace dbrollback::schema
