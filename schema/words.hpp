// The words of a statement, for what needs no parser. Each dialect has its own quotes and comments.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema {

struct Word {
  enum class Kind { bare, name, text, symbol, comment };  // name: one in quotes; bare: a keyword, a name or a number
  Kind kind = Kind::symbol;
  std::string_view text;  // with its quotes

  // Whether it is this keyword, which is given in capitals.
  [[nodiscard]] bool is(std::string_view keyword) const;
  [[nodiscard]] bool is_symbol(char symbol) const {
    return kind == Kind::symbol && text == std::string_view(&symbol, 1);
  }
};

using Words = std::vector<Word>;

struct SqliteWord {
  Word word;
  bool closed = true;  // false: its quotes or its comment go on to the end of the script
};

// The first word at a place or behind it; nothing: there is only white space.
[[nodiscard]] std::optional<SqliteWord> sqlite_word(std::string_view script, std::size_t at);

// Without comments. Precondition: no zero byte. Empty where the scanner cannot read the statement.
[[nodiscard]] Words words_of(Dialect dialect, std::string_view statement);

// What a name in quotes, or in capitals, names.
[[nodiscard]] std::string name_of(Dialect dialect, const Word& word);

}  // namespace dbrollback::schema
