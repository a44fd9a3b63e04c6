// A keyed hash: who does not know the key cannot make two inputs that have the same one, not even on purpose.
//
// GMAC over AES-256 (NIST SP 800-38D) with one nonce for all inputs, so that equal inputs have equal tags. That is a
// universal hash: two different inputs of n bytes collide for n / 2^132 of all keys. It is one for whoever sees neither
// key nor tags; both stay in the repository.
#pragma once

#include <array>
#include <memory>

#include "engine/base/bytes.hpp"
#include "engine/base/hash.hpp"

struct evp_cipher_ctx_st;

namespace dbrollback::base {

// Belongs to one thread.
class Mac {
 public:
  using Key = std::array<std::byte, 32>;

  explicit Mac(const Key& key);
  [[nodiscard]] Hash128 of(ByteView bytes);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
};

}  // namespace dbrollback::base
