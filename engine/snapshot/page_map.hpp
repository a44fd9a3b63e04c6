// pages.map: which stored page of which snapshot each page of the database is. docs/format.md, "Page map".
#pragma once

#include <optional>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/hash.hpp"

namespace dbrollback::snapshot {

constexpr std::string_view page_map_file = "pages.map";
constexpr std::size_t page_map_header_bytes = 24;
constexpr std::size_t page_run_bytes = 32;

// Pages [page, page + pages) of the database are the stored pages [stored, stored + pages) of a holder.
struct PageRun {
  std::uint64_t page = 0;
  std::uint64_t pages = 0;
  std::uint64_t stored = 0;
  std::uint32_t holder = 0;  // 0: the snapshot itself; n: the n-th of the manifest's holders

  friend bool operator==(const PageRun&, const PageRun&) = default;
};

// Adds a run, as a part of the last one where it goes on from it.
void append_run(std::vector<PageRun>& runs, const PageRun& run);

[[nodiscard]] base::Bytes encode_page_map(const std::vector<PageRun>& runs, const base::Hash128& key);

// Nothing for bytes that are not what the encoder writes for a database of `page_count` pages and `holders` holders:
// runs in order, each page in exactly one.
[[nodiscard]] std::optional<std::vector<PageRun>> decode_page_map(base::ByteView bytes, const base::Hash128& key,
                                                                  std::uint64_t page_count, std::size_t holders);

}  // namespace dbrollback::snapshot
