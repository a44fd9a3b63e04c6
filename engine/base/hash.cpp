#include "engine/base/hash.hpp"

#include <xxhash.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>  // the same functions, by the widest instructions that this processor has
#endif

#include <charconv>
#include <new>

namespace dbrollback::base {

namespace {
Hash128 from(XXH128_hash_t hash) { return {.low = hash.low64, .high = hash.high64}; }
}  // namespace

Hash128& Hash128::operator+=(const Hash128& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1U : 0U);
  return *this;
}

std::string to_hex(const Hash128& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::uint64_t half : {hash.high, hash.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      out += digits[(half >> shift) & 15U];
    }
  }
  return out;
}

std::optional<Hash128> hash_from_hex(std::string_view text) {
  Hash128 hash;
  if (text.size() != 32 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return std::nullopt;
  }
  (void)std::from_chars(text.data(), text.data() + 16, hash.high, 16);
  (void)std::from_chars(text.data() + 16, text.data() + 32, hash.low, 16);
  return hash;
}

Hash128 xxh3_128(ByteView bytes) { return from(XXH3_128bits(bytes.data(), bytes.size())); }
std::uint64_t xxh3_64(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

void Hasher::Free::operator()(XXH3_state_s* state) const { (void)XXH3_freeState(state); }

Hasher::Hasher() : state_(XXH3_createState()) {
  if (!state_) {
    throw std::bad_alloc();
  }
  (void)XXH3_128bits_reset(state_.get());
}

void Hasher::update(ByteView bytes) { (void)XXH3_128bits_update(state_.get(), bytes.data(), bytes.size()); }
Hash128 Hasher::digest() const { return from(XXH3_128bits_digest(state_.get())); }

}  // namespace dbrollback::base
