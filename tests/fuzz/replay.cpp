// Runs the inputs of a corpus one after another, for builds without libFuzzer: replay FOLDER|FILE…
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/support.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& place) {
  if (!fs::is_directory(place)) {
    return {place};
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(place)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

void run(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  (void)LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : files_in(argv[i])) {
      (void)std::fprintf(stderr, "%s\n", file.c_str());  // the last one named is the one that ended the program
      run(file);
      ++count;
    }
  }
  (void)std::printf("%zu inputs\n", count);
  return count == 0 ? 1 : 0;  // a corpus that is not there tests nothing
}
