// Bytes, and numbers in them: everything on disk is little-endian.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace dbrollback::base {

static_assert(std::endian::native == std::endian::little, "the format is read and written by copying memory");

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

[[nodiscard]] inline ByteView bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
[[nodiscard]] inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Precondition: at + sizeof(T) <= bytes.size().
template <std::unsigned_integral T>
[[nodiscard]] T get(ByteView bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.subspan(at, sizeof(T)).data(), sizeof(T));
  return value;
}

inline void put(Bytes& bytes, ByteView more) {
  const std::size_t at = bytes.size();
  bytes.resize(at + more.size());
  if (!more.empty()) {
    std::memcpy(bytes.data() + at, more.data(), more.size());
  }
}

template <std::unsigned_integral T>
void put(Bytes& bytes, T value) {
  put(bytes, std::as_bytes(std::span(&value, 1)));
}

}  // namespace dbrollback::base
