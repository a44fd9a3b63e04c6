#include "engine/snapshot/page_map.hpp"

#include "engine/snapshot/format.hpp"

namespace dbrollback::snapshot {

using base::get;
using base::put;

namespace {
constexpr std::string_view map_magic = "DBRM";
}

void append_run(std::vector<PageRun>& runs, const PageRun& run) {
  if (!runs.empty()) {
    PageRun& last = runs.back();
    if (last.holder == run.holder && last.page + last.pages == run.page && last.stored + last.pages == run.stored) {
      last.pages += run.pages;
      return;
    }
  }
  runs.push_back(run);
}

base::Bytes encode_page_map(const std::vector<PageRun>& runs, const base::Hash128& key) {
  base::Bytes out;
  out.reserve(page_map_header_bytes + runs.size() * page_run_bytes);
  put(out, base::bytes_of(map_magic));
  put(out, format_version);
  put(out, static_cast<std::uint16_t>(page_run_bytes));
  put(out, key.low);
  put(out, key.high);
  for (const auto& run : runs) {
    put(out, run.page);
    put(out, run.pages);
    put(out, run.stored);
    put(out, run.holder);
    put(out, std::uint32_t{0});
  }
  return out;
}

std::optional<std::vector<PageRun>> decode_page_map(base::ByteView bytes, const base::Hash128& key,
                                                    std::uint64_t page_count, std::size_t holders) {
  if (bytes.size() < page_map_header_bytes || (bytes.size() - page_map_header_bytes) % page_run_bytes != 0 ||
      base::text_of(bytes.first(4)) != map_magic || get<std::uint16_t>(bytes, 4) != format_version ||
      get<std::uint16_t>(bytes, 6) != page_run_bytes ||
      base::Hash128{.low = get<std::uint64_t>(bytes, 8), .high = get<std::uint64_t>(bytes, 16)} != key) {
    return std::nullopt;
  }
  std::vector<PageRun> runs;
  runs.reserve((bytes.size() - page_map_header_bytes) / page_run_bytes);
  std::uint64_t next = 0;
  for (std::size_t at = page_map_header_bytes; at < bytes.size(); at += page_run_bytes) {
    const PageRun run{.page = get<std::uint64_t>(bytes, at),
                      .pages = get<std::uint64_t>(bytes, at + 8),
                      .stored = get<std::uint64_t>(bytes, at + 16),
                      .holder = get<std::uint32_t>(bytes, at + 24)};
    if (run.page != next || run.pages == 0 || run.pages > page_count - next || run.holder > holders ||
        run.stored > ~0ULL - run.pages || get<std::uint32_t>(bytes, at + 28) != 0) {
      return std::nullopt;
    }
    next += run.pages;
    runs.push_back(run);
  }
  return next == page_count ? std::optional(std::move(runs)) : std::nullopt;
}

}  // namespace dbrollback::snapshot
