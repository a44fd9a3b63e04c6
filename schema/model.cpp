#include "schema/model.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace dbrollback::schema {

namespace {

// Of the comment that begins at `at`, 0 when none does.
std::size_t comment_length(const std::string& sql, std::size_t at) {
  const std::string_view rest = std::string_view(sql).substr(at);
  const bool line = rest.starts_with("--");
  if (!line && !rest.starts_with("/*")) {
    return 0;
  }
  const std::size_t end = line ? rest.find('\n') : rest.find("*/", 2);
  return end == std::string_view::npos ? rest.size() : end + (line ? 1 : 2);
}

constexpr char no_quote = '\0';

// What ends the quoted text that `c` begins, if it begins one.
char closing_quote(char c) {
  if (c == '[') {
    return ']';
  }
  return c == '\'' || c == '"' || c == '`' ? c : no_quote;
}

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
}

// Of the text between two $tag$ that begins at `at`, 0 when none does: PostgreSQL has bodies of functions in them.
// Within a name a dollar is part of it.
std::size_t dollar_length(const std::string& sql, std::size_t at) {
  if (sql[at] != '$' || (at > 0 && (in_word(sql[at - 1]) || sql[at - 1] == '$'))) {
    return 0;
  }
  std::size_t end = at + 1;
  while (end < sql.size() && in_word(sql[end])) {
    ++end;
  }
  if (end == sql.size() || sql[end] != '$' || std::isdigit(static_cast<unsigned char>(sql[at + 1])) != 0) {
    return 0;
  }
  const std::string tag = sql.substr(at, end + 1 - at);
  const std::size_t close = sql.find(tag, end + 1);
  return close == std::string::npos ? 0 : close + tag.size() - at;
}

std::string folded(const std::string& sql) {
  std::string out;
  char quote = no_quote;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != no_quote) {
      out += c;
      quote = c == quote ? no_quote : quote;
    } else if (const std::size_t length = comment_length(sql, i); length != 0) {
      out += sql.substr(i, length);  // with the end of its line: what comes after it is no comment
      i += length - 1;
    } else if (const std::size_t body = dollar_length(sql, i); body != 0) {
      out += sql.substr(i, body);
      i += body - 1;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      if (!out.empty() && out.back() != ' ') {
        out += ' ';
      }
    } else {
      out += c;
      quote = closing_quote(c);
    }
  }
  return out;
}

// Takes "5:three" from the front of a text; nothing where there is none.
std::optional<std::string> take_part(std::string_view& text) {
  std::size_t size = 0;
  const auto number = std::from_chars(text.data(), text.data() + text.size(), size);
  const auto digits = static_cast<std::size_t>(number.ptr - text.data());
  if (number.ec != std::errc() || digits == text.size() || text[digits] != ':' || size > text.size() - digits - 1) {
    return std::nullopt;
  }
  std::string part(text.substr(digits + 1, size));
  text.remove_prefix(digits + 1 + size);
  return part;
}

std::optional<Object> take_object(std::string_view& text) {
  Object object;
  for (std::string* part : {&object.kind, &object.name, &object.table, &object.sql}) {
    auto taken = take_part(text);
    if (!taken) {
      return std::nullopt;
    }
    *part = std::move(*taken);
  }
  if (!text.starts_with('\n')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  return object;
}

}  // namespace

const Table* find_table(const Schema& schema, const std::string& name) {
  const auto at = std::ranges::find(schema.tables, name, &Table::name);
  return at == schema.tables.end() ? nullptr : &*at;
}

std::string canonical_text(const Schema& schema) {
  std::string out;
  for (const auto& object : schema.objects) {
    for (const auto& part : {object.kind, object.name, object.table, folded(object.sql)}) {
      out += std::to_string(part.size());
      out += ':';
      out += part;
    }
    out += '\n';
  }
  return out;
}

std::optional<std::vector<Object>> objects_of(std::string_view canonical_text) {
  std::vector<Object> objects;
  while (!canonical_text.empty()) {
    auto object = take_object(canonical_text);
    if (!object) {
      return std::nullopt;
    }
    objects.push_back(std::move(*object));
  }
  return objects;
}

}  // namespace dbrollback::schema
