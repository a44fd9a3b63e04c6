#include "engine/config/utf8.hpp"

namespace dbrollback::config {

namespace {

struct Sequence {
  std::size_t length = 0;  // 0: no sequence begins with this byte
  // What the second byte may be: this is where overlong forms, surrogates and what lies beyond U+10FFFF show.
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) {
    return {.length = 1};
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return {.length = 2};
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    return {.length = 3,
            .low = static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
            .high = static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    return {.length = 4,
            .low = static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
            .high = static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
  }
  return {};
}

bool continues(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

bool whole(std::string_view text, const Sequence& sequence) {
  if (sequence.length == 0 || sequence.length > text.size()) {
    return false;
  }
  for (std::size_t i = 1; i < sequence.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (!continues(byte) || (i == 1 && (byte < sequence.low || byte > sequence.high))) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_of(static_cast<unsigned char>(text[at]));
    if (!whole(text.substr(at), sequence)) {
      return at;
    }
    at += sequence.length;
  }
  return std::nullopt;
}

}  // namespace dbrollback::config
