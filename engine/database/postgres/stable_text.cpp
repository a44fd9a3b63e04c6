#include "engine/database/postgres/stable_text.hpp"

#include <cctype>
#include <optional>
#include <vector>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

namespace {

constexpr std::string_view beginning = "(ARRAY[";
constexpr std::string_view cast = ")::";

struct CastArray {
  std::vector<std::string_view> elements;
  std::string_view type;  // of an element
  std::size_t length = 0;
};

// Of the quoted text that begins here, 0 when none does.
std::size_t quoted_length(std::string_view text) {
  if (text.empty() || (text.front() != '\'' && text.front() != '"')) {
    return 0;
  }
  const std::size_t end = text.find(text.front(), 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// The elements up to the bracket that closes the array, and how long they are with it.
std::optional<std::size_t> split_elements(std::string_view text, std::vector<std::string_view>& elements) {
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const std::size_t quoted = quoted_length(text.substr(i)); quoted != 0) {
      i += quoted - 1;
      continue;
    }
    const char c = text[i];
    const bool closes = c == ')' || c == ']';
    if (depth == 0 && (c == ',' || closes)) {
      elements.push_back(text.substr(begin, i - begin));
      begin = i + 1;
      if (closes) {
        return c == ']' ? std::optional(i + 1) : std::nullopt;
      }
    } else if (closes) {
      --depth;
    } else if (c == '(' || c == '[') {
      ++depth;
    }
  }
  return std::nullopt;
}

// The name of a type before "[]": words, perhaps in quotes, with a schema and a modifier.
std::optional<std::string_view> element_type(std::string_view text) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const std::size_t quoted = text[i] == '"' ? quoted_length(text.substr(i)) : 0; quoted != 0) {
      i += quoted - 1;
      continue;
    }
    const char c = text[i];
    if (text.substr(i).starts_with("[]")) {
      return text.substr(0, i);
    }
    const bool known = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == ' ' ||
                       static_cast<unsigned char>(c) >= 0x80U || c == '(' || (depth > 0 && (c == ')' || c == ','));
    if (!known) {
      return std::nullopt;
    }
    depth += c == '(' ? 1U : 0U;
    depth -= c == ')' ? 1U : 0U;
  }
  return std::nullopt;
}

std::optional<CastArray> cast_array(std::string_view text) {
  CastArray out;
  const auto inside = split_elements(text.substr(beginning.size()), out.elements);
  if (!inside) {
    return std::nullopt;
  }
  const std::size_t end = beginning.size() + *inside;
  const auto type = text.substr(end).starts_with(cast) ? element_type(text.substr(end + cast.size())) : std::nullopt;
  if (!type) {
    return std::nullopt;
  }
  out.type = *type;
  out.length = end + cast.size() + type->size() + 2;
  return out;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

}  // namespace

std::string stable_text(std::string_view definition) {
  std::string out;
  for (std::size_t at = definition.find(beginning); at != std::string_view::npos; at = definition.find(beginning)) {
    const auto array = cast_array(definition.substr(at));
    out += definition.substr(0, at);
    if (!array) {
      out += beginning;
      definition.remove_prefix(at + beginning.size());
      continue;
    }
    std::vector<std::string> elements;
    for (const std::string_view element : array->elements) {
      elements.push_back(base::cat("(", stable_text(trimmed(element)), ")::", array->type));
    }
    out += base::cat("ARRAY[", base::join(elements, ", "), "]");
    definition.remove_prefix(at + array->length);
  }
  out += definition;
  return out;
}

}  // namespace dbrollback::database::postgres
