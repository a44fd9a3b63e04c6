#include "schema/postgres_tokens.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace dbrollback::schema {

namespace {

// Where a character of a text in UTF-8 begins; the first is the 0th.
std::size_t place_of_character(std::string_view text, std::size_t character) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (begins(text[at]) && seen++ == character) {
      break;
    }
  }
  return at;
}

// The scanner's end of a name or a text with U& lies within it. Behind its last quote and before the next token there
// is only white space.
void correct_ends(std::string_view script, PgQuery__ScanResult& scanned) {
  for (std::size_t i = 0; i < scanned.n_tokens; ++i) {
    PostgresToken& token = *scanned.tokens[i];
    if (token.token == PG_QUERY__TOKEN__UIDENT || token.token == PG_QUERY__TOKEN__USCONST) {
      const bool is_last = i + 1 == scanned.n_tokens;
      const std::size_t next = is_last ? script.size() : static_cast<std::size_t>(scanned.tokens[i + 1]->start);
      const char quote = token.token == PG_QUERY__TOKEN__UIDENT ? '"' : '\'';
      token.end = static_cast<std::int32_t>(script.substr(0, next).rfind(quote)) + 1;
    }
  }
}

}  // namespace

PostgresTokens::PostgresTokens(std::string_view script) : result_(pg_query_scan(std::string(script).c_str())) {
  if (result_.error != nullptr) {
    const auto character = static_cast<std::size_t>(std::max(result_.error->cursorpos, 1));  // it counts from 1
    problem_at_ = place_of_character(script, character - 1);
    return;
  }
  scanned_.reset(pg_query__scan_result__unpack(nullptr, result_.pbuf.len,
                                               reinterpret_cast<const std::uint8_t*>(result_.pbuf.data)));
  correct_ends(script, *scanned_);
}

bool PostgresEnds::at(const PostgresToken& token) {
  const auto kind = token.token;
  const bool ends = kind == PG_QUERY__TOKEN__ASCII_59 && parentheses_ == 0 && blocks_ == 0;
  if (ends) {
    *this = PostgresEnds();
    return true;
  }
  if (kind == PG_QUERY__TOKEN__ASCII_40) {
    ++parentheses_;
  } else if (kind == PG_QUERY__TOKEN__ASCII_41) {
    parentheses_ -= parentheses_ > 0 ? 1 : 0;
  } else if ((kind == PG_QUERY__TOKEN__ATOMIC && before_ == PG_QUERY__TOKEN__BEGIN_P) ||
             (kind == PG_QUERY__TOKEN__CASE && blocks_ > 0)) {
    ++blocks_;
  } else if (kind == PG_QUERY__TOKEN__END_P && blocks_ > 0) {
    --blocks_;
  }
  before_ = kind;
  return false;
}

std::string without_keys(std::string_view script) {
  std::string out(script);
  for (const std::string_view command : {"\\restrict ", "\\unrestrict "}) {
    for (std::size_t at = out.find(command); at != std::string::npos; at = out.find(command, at + 1)) {
      const std::size_t end = std::min(out.find('\n', at), out.size());
      auto key = std::string_view(out).substr(at + command.size(), end - at - command.size());
      if (key.ends_with('\r')) {
        key.remove_suffix(1);
      }
      const bool is_key = std::ranges::all_of(key, [](unsigned char c) { return std::isalnum(c) != 0; });
      if ((at == 0 || out[at - 1] == '\n') && is_key) {
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(at), out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
      }
    }
  }
  return out;
}

}  // namespace dbrollback::schema
