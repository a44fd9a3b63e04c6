// How frame size, compression level and number of threads trade time for bytes: what the constants of the format and
// the defaults of the configuration were chosen by.
//
//   build/release/bin/frame_benchmark FILE       prints a table; FILE is held in memory
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "engine/base/compress.hpp"
#include "engine/base/file.hpp"
#include "engine/base/hash.hpp"

using namespace dbrollback;

namespace {

struct Outcome {
  double seconds = 0;
  std::uint64_t stored = 0;
};

// Compresses and hashes `raw` in independent frames, as a snapshot does.
Outcome compress(base::ByteView raw, std::size_t frame, int level, unsigned threads) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> stored{0};
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        base::Compressor compressor(level);
        base::Bytes out;
        std::uint64_t bytes = 0;
        for (std::size_t at = next.fetch_add(frame); at < raw.size(); at = next.fetch_add(frame)) {
          const auto part = raw.subspan(at, std::min(frame, raw.size() - at));
          base::Hash128 hash = base::xxh3_128(part);
          compressor.compress(part, out);
          hash += base::xxh3_128(out);
          bytes += out.size() + (hash.low == 1 ? 1 : 0);  // so that no hash is left out
        }
        stored += bytes;
      });
    }
  }
  return {.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(), .stored = stored};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    (void)std::fprintf(stderr, "frame_benchmark FILE\n");
    return EXIT_FAILURE;
  }
  const base::File file(arguments[1], base::File::Mode::read);
  base::Bytes raw(file.size());
  if (file.read_at(0, raw) != raw.size()) {
    return EXIT_FAILURE;
  }
  (void)compress(raw, 1U << 20U, 1, std::thread::hardware_concurrency());  // warm-up
  std::printf("frame     level threads    s    MB/s  stored MB\n");
  for (const std::size_t kib : {64U, 256U, 1024U, 4096U}) {
    for (const int level : {1, 2, 3, 5}) {
      for (const unsigned threads : {1U, 2U, 3U}) {
        if (threads != 2 && (level != 1 || kib != 1024)) {
          continue;
        }
        const Outcome outcome = compress(raw, kib << 10U, level, threads);
        std::printf("%5zu KiB %5d %7u %6.2f %6.0f %9.1f\n", kib, level, threads, outcome.seconds,
                    static_cast<double>(raw.size()) / 1e6 / outcome.seconds, static_cast<double>(outcome.stored) / 1e6);
      }
    }
  }
  return EXIT_SUCCESS;
}
