#include "schema/words.hpp"

#include <algorithm>
#include <cctype>

#include "schema/postgres_tokens.hpp"

namespace dbrollback::schema {

namespace {

char capital(char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); }

bool is_sqlite_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80U;
}

// From `at` to the end of `last`, or to the end of the script.
SqliteWord up_to(std::string_view last, Word::Kind kind, std::string_view script, std::size_t at, std::size_t begin) {
  const std::size_t end = script.find(last, begin);
  const bool closed = end != std::string_view::npos;
  const std::size_t size = closed ? end + last.size() - at : std::string_view::npos;
  return {{.kind = kind, .text = script.substr(at, size)}, closed};
}

// A quote is doubled within them; only "]" cannot be.
SqliteWord in_sqlite_quotes(std::string_view script, std::size_t at) {
  const char first = script[at];
  const auto kind = first == '\'' ? Word::Kind::text : Word::Kind::name;
  if (first == '[') {
    return up_to("]", kind, script, at, at);
  }
  for (std::size_t end = script.find(first, at + 1); end != std::string_view::npos; end = script.find(first, end + 2)) {
    if (end + 1 == script.size() || script[end + 1] != first) {
      return {{.kind = kind, .text = script.substr(at, end + 1 - at)}};
    }
  }
  return {{.kind = kind, .text = script.substr(at)}, false};
}

Word postgres_word(const PostgresToken& token, std::string_view statement) {
  const auto begin = static_cast<std::size_t>(token.start);
  const std::string_view text = statement.substr(begin, static_cast<std::size_t>(token.end) - begin);
  switch (token.token) {
    case PG_QUERY__TOKEN__SQL_COMMENT:
    case PG_QUERY__TOKEN__C_COMMENT:
      return {Word::Kind::comment, text};
    case PG_QUERY__TOKEN__SCONST:
    case PG_QUERY__TOKEN__USCONST:
    case PG_QUERY__TOKEN__BCONST:
    case PG_QUERY__TOKEN__XCONST:
      return {Word::Kind::text, text};
    case PG_QUERY__TOKEN__IDENT:
    case PG_QUERY__TOKEN__UIDENT:
      return {text.ends_with('"') ? Word::Kind::name : Word::Kind::bare, text};
    default:
      return {token.keyword_kind == PG_QUERY__KEYWORD_KIND__NO_KEYWORD ? Word::Kind::symbol : Word::Kind::bare, text};
  }
}

Words postgres_words(std::string_view statement) {
  const PostgresTokens tokens(statement);
  Words out;
  out.reserve(tokens.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_comment(tokens[i])) {
      out.push_back(postgres_word(tokens[i], statement));
    }
  }
  return out;
}

Words sqlite_words(std::string_view statement) {
  Words out;
  for (auto next = sqlite_word(statement, 0); next;) {
    if (next->word.kind != Word::Kind::comment) {
      out.push_back(next->word);
    }
    next = sqlite_word(statement, static_cast<std::size_t>(next->word.text.end() - statement.begin()));
  }
  return out;
}

}  // namespace

bool Word::is(std::string_view keyword) const {
  return kind == Kind::bare && std::ranges::equal(text, keyword, {}, capital);
}

std::optional<SqliteWord> sqlite_word(std::string_view script, std::size_t at) {
  at = script.find_first_not_of(" \t\r\n\f", at);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = script.substr(at);
  if (rest.starts_with("--")) {
    return SqliteWord{{.kind = Word::Kind::comment, .text = rest.substr(0, rest.find('\n'))}};
  }
  if (rest.starts_with("/*")) {
    return up_to("*/", Word::Kind::comment, script, at, at + 2);
  }
  if (std::string_view("'\"`[").find(rest.front()) != std::string_view::npos) {
    return in_sqlite_quotes(script, at);
  }
  const auto end = std::ranges::find_if_not(rest, is_sqlite_name);
  if (end != rest.begin()) {
    return SqliteWord{{.kind = Word::Kind::bare, .text = {rest.begin(), end}}};
  }
  return SqliteWord{{.kind = Word::Kind::symbol, .text = rest.substr(0, 1)}};
}

Words words_of(Dialect dialect, std::string_view statement) {
  return dialect == Dialect::postgres ? postgres_words(statement) : sqlite_words(statement);
}

std::string name_of(Dialect dialect, const Word& word) {
  if (word.kind == Word::Kind::bare || word.text.size() < 2) {
    std::string out(word.text);
    if (dialect == Dialect::postgres) {
      std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    }
    return out;
  }
  const char quote = word.text.back();
  const std::size_t begin = word.text.find(word.text.front() == '[' ? '[' : quote) + 1;
  std::string out;
  for (std::size_t at = begin; at + 1 < word.text.size(); ++at) {
    out.push_back(word.text[at]);
    at += word.text[at] == quote ? 1U : 0U;  // of two, one
  }
  return out;
}

}  // namespace dbrollback::schema
