#include "schema/statements.hpp"

#include <sqlite3.h>

#include "schema/postgres_statements.hpp"
#include "schema/script_lines.hpp"
#include "schema/words.hpp"

namespace dbrollback::schema {

namespace {

std::string open_at_the_end(const Word& word) {
  return word.kind == Word::Kind::comment ? "a comment has no end" : "a quote has no end";
}

// SQLite itself says whether a semicolon is one within a trigger.
bool is_complete(std::string_view statement) { return sqlite3_complete(std::string(statement).c_str()) != 0; }

std::vector<Statement> sqlite_statements(std::string_view script) {
  std::vector<Statement> out;
  ScriptLines lines(script);
  std::size_t begin = 0;
  std::size_t end = 0;  // of the last word that is no comment; 0: there was none yet
  const auto add = [&] {
    if (end != 0) {
      out.push_back({.text = std::string(script.substr(begin, end - begin)), .line = lines.at(begin)});
    }
    end = 0;
  };
  std::size_t at = 0;
  for (auto next = sqlite_word(script, at); next; next = sqlite_word(script, at)) {
    const Word& word = next->word;
    const auto word_begin = static_cast<std::size_t>(word.text.data() - script.data());
    at = word_begin + word.text.size();
    if (!next->closed) {
      throw ScriptError(lines.at(word_begin), open_at_the_end(word));
    }
    if (word.kind == Word::Kind::comment) {
      continue;
    }
    if (word.is_symbol(';') && (end == 0 || is_complete(script.substr(begin, at - begin)))) {
      add();
      continue;
    }
    begin = end == 0 ? word_begin : begin;
    end = at;
  }
  add();
  return out;
}

}  // namespace

std::vector<Statement> statements_of(Dialect dialect, std::string_view script) {
  if (const std::size_t zero = script.find('\0'); zero != std::string_view::npos) {
    throw ScriptError(ScriptLines(script).at(zero), "a zero byte, which no SQL has");
  }
  return dialect == Dialect::postgres ? postgres_statements(script) : sqlite_statements(script);
}

}  // namespace dbrollback::schema
