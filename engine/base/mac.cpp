#include "engine/base/mac.hpp"

#include <openssl/evp.h>

#include "engine/base/fail.hpp"

namespace dbrollback::base {

namespace {

constexpr std::array<unsigned char, 12> nonce{};

const unsigned char* plain(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

void require(int result) {
  if (result != 1) {
    fail({.code = "internal",
          .exit = Exit::failed,
          .message = "OpenSSL does not offer AES-256-GCM here",
          .object = {},
          .state = "nothing was published or changed",
          .next = "look at the OpenSSL configuration of this machine"});
  }
}

}  // namespace

void Mac::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

Mac::Mac(const Key& key) : context_(EVP_CIPHER_CTX_new()) {
  require(context_ != nullptr ? 1 : 0);
  require(EVP_EncryptInit_ex(context_.get(), EVP_aes_256_gcm(), nullptr, plain(key.data()), nonce.data()));
}

Hash128 Mac::of(ByteView bytes) {
  int ignored = 0;
  std::array<unsigned char, 16> tag{};
  require(EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, nullptr, nonce.data()));
  require(EVP_EncryptUpdate(context_.get(), nullptr, &ignored, plain(bytes.data()), static_cast<int>(bytes.size())));
  require(EVP_EncryptFinal_ex(context_.get(), tag.data(), &ignored));
  require(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag.size()), tag.data()));
  const ByteView view = std::as_bytes(std::span(tag));
  return {.low = get<std::uint64_t>(view, 0), .high = get<std::uint64_t>(view, 8)};
}

}  // namespace dbrollback::base
