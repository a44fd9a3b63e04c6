// zstd (RFC 8878), one independent frame at a time. Each object belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/base/bytes.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace dbrollback::base {

class Compressor {
 public:
  // `level` as of zstd, 1 to 19.
  explicit Compressor(int level);
  // Replaces `out` with one zstd frame of `raw`, with its content size and its checksum in it.
  void compress(ByteView raw, Bytes& out);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

// What a frame says of its content's size, true or not; nothing where it does not.
[[nodiscard]] std::optional<std::uint64_t> content_size(ByteView frame);

class Decompressor {
 public:
  Decompressor();
  // Fills `raw`, whose size must be the frame's content size exactly. False when the frame is damaged or of another
  // size; `raw` then holds anything.
  [[nodiscard]] bool decompress(ByteView frame, std::span<std::byte> raw);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

}  // namespace dbrollback::base
