// How a statement begins: what it does, and with what.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "schema/statement_facts.hpp"
#include "schema/words.hpp"

namespace dbrollback::schema {

struct StatementHead {
  std::string action;          // in capitals: "CREATE UNIQUE INDEX", "UPDATE"
  std::string name;            // of its main object, without quotes: "schema.table"; empty: none
  bool if_not_exists = false;  // between the two
  std::size_t end = 0;         // the word behind them
};

// Of a statement after WITH, it is what the statement itself begins with.
[[nodiscard]] StatementHead head_of(Dialect dialect, const Words& words);

[[nodiscard]] Control control_of(const Words& words);

// Whether one of the words is this keyword, in parentheses or not; and outside of them, from one of the words on.
[[nodiscard]] bool has_word(const Words& words, std::string_view keyword);
[[nodiscard]] bool has_outer_word(const Words& words, std::size_t from, std::string_view keyword);

// A name with what it is part of: "schema.table". Moves `at` behind it; empty where there is none.
[[nodiscard]] std::string dotted_name(Dialect dialect, const Words& words, std::size_t& at);

}  // namespace dbrollback::schema
