// The application's configuration files: read to be kept with a release, and put back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"

namespace dbrollback::application {

struct ConfigFile {
  std::filesystem::path path;
  unsigned mode = 0600;
  base::Bytes bytes;
};

// Those that are there. Error (Exit::failed) for one that cannot be read, or is larger than 16 MiB.
[[nodiscard]] std::vector<ConfigFile> read_config_files(const std::vector<std::filesystem::path>& paths);

// Atomically, with its mode and the owner that the file there has. False: it was the same already.
bool put_back(const ConfigFile& file);

}  // namespace dbrollback::application
