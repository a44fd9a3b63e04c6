// What the formats share whose files hold both directions, each below a line that says so.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema::markers {

// Whether it is a file of the folder itself, as all that the tools read are, whose name ends like this: ".sql".
[[nodiscard]] bool is_file(const SourceFile& file, std::string_view end);

// Whether any line of any SQL file of the folder is one that belongs to the tool.
[[nodiscard]] bool any_line(const Folder& folder, bool (*belongs)(std::string_view line));

// The name of a file without ".sql".
[[nodiscard]] std::string title(const SourceFile& file);

[[nodiscard]] std::string_view leading_digits(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);

// The lines of one direction of a file, and where its statements end as goose and sql-migrate see it: with a line whose
// last word before a comment ends with a semicolon, and within a block (StatementBegin, StatementEnd) with the block.
class Section {
 public:
  explicit Section(std::string file) { script_.file = std::move(file); }

  // The lines from this one on belong to it.
  void begin(std::size_t line);
  // Lines, in the order of their numbers. Where numbers are left out, as those of the other direction are, the script
  // has blank lines: each line keeps its number.
  void add_comment(std::size_t line, std::string_view text);
  void add_statement(std::size_t line, std::string_view text);
  void begin_block(std::size_t line, std::string_view text);
  void end_block(std::size_t line, std::string_view text);
  void forbid_transaction() { script_.in_transaction = false; }

  [[nodiscard]] bool in_block() const { return in_block_; }
  // Whether lines were added since the last statement ended, and whether there is anything in them.
  [[nodiscard]] bool in_statement() const { return in_statement_; }
  [[nodiscard]] bool unfinished() const { return unfinished_; }

  // Nothing where it never began.
  [[nodiscard]] std::optional<Script> script() const;

 private:
  void end_statement();

  Script script_;
  std::size_t next_ = 0;  // the line after the last one; 0: it has not begun
  bool in_block_ = false;
  bool in_statement_ = false;
  bool unfinished_ = false;
  bool has_semicolon_ = false;  // the last word of the statement so far
};

}  // namespace dbrollback::schema::markers
