// XXH3 (https://xxhash.com): finds damage; no protection against somebody who forges.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"

struct XXH3_state_s;

namespace dbrollback::base {

// A 128-bit hash. In files: low half first, each half little-endian. As text: the canonical form of `xxhsum -H2`,
// 32 lower-case hexadecimal digits, most significant first.
struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const Hash128&, const Hash128&) = default;
  // Sum modulo 2^128.
  Hash128& operator+=(const Hash128& other);
};

[[nodiscard]] std::string to_hex(const Hash128& hash);
[[nodiscard]] std::optional<Hash128> hash_from_hex(std::string_view text);

[[nodiscard]] Hash128 xxh3_128(ByteView bytes);
[[nodiscard]] std::uint64_t xxh3_64(ByteView bytes);

// XXH3-128 of bytes that come in pieces.
class Hasher {
 public:
  Hasher();
  void update(ByteView bytes);
  [[nodiscard]] Hash128 digest() const;

 private:
  struct Free {
    void operator()(XXH3_state_s* state) const;
  };
  std::unique_ptr<XXH3_state_s, Free> state_;
};

}  // namespace dbrollback::base
