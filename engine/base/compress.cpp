#include "engine/base/compress.hpp"

#include <zstd.h>

#include <new>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {
void check(std::size_t result) {
  if (ZSTD_isError(result) != 0U) {
    fail({.code = "compression",
          .exit = Exit::failed,
          .message = cat("zstd could not compress: ", ZSTD_getErrorName(result)),
          .object = {},
          .state = {},
          .next = {}});
  }
}
}  // namespace

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const { (void)ZSTD_freeCCtx(context); }
void Decompressor::Free::operator()(ZSTD_DCtx_s* context) const { (void)ZSTD_freeDCtx(context); }

Compressor::Compressor(int level) : context_(ZSTD_createCCtx()) {
  if (!context_) {
    throw std::bad_alloc();
  }
  check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level));
  check(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1));
}

void Compressor::compress(ByteView raw, Bytes& out) {
  out.resize(ZSTD_compressBound(raw.size()));
  const std::size_t size = ZSTD_compress2(context_.get(), out.data(), out.size(), raw.data(), raw.size());
  check(size);
  out.resize(size);
}

std::optional<std::uint64_t> content_size(ByteView frame) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ? std::nullopt : std::optional(size);
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
  if (!context_) {
    throw std::bad_alloc();
  }
}

bool Decompressor::decompress(ByteView frame, std::span<std::byte> raw) {
  const std::size_t size = ZSTD_decompressDCtx(context_.get(), raw.data(), raw.size(), frame.data(), frame.size());
  return ZSTD_isError(size) == 0U && size == raw.size();
}

}  // namespace dbrollback::base
