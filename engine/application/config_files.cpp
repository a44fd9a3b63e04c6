#include "engine/application/config_files.hpp"

#include "dbrollback/error.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/permissions.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::application {

using base::cat;

namespace {

constexpr std::uint64_t most_bytes = 16U << 20U;

}  // namespace

std::vector<ConfigFile> read_config_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<ConfigFile> files;
  files.reserve(paths.size());
  for (const auto& path : paths) {
    const auto there = base::stat_file(path);
    if (!there) {
      continue;
    }
    if (!there->is_regular) {
      base::fail({.code = "not_a_file",
                  .exit = Exit::failed,
                  .message = cat(base::printable(path.native()), " is no regular file, and cannot be kept"),
                  .object = path.native(),
                  .state = "nothing was changed",
                  .next = "name files in app.config_files"});
    }
    const auto text = base::read_file(base::real_path(path), most_bytes);
    if (text) {
      const auto bytes = base::bytes_of(*text);
      files.push_back(
          {.path = path, .mode = base::permissions_of(path), .bytes = base::Bytes(bytes.begin(), bytes.end())});
    }
  }
  return files;
}

bool put_back(const ConfigFile& file) {
  const auto path = base::real_path(file.path);  // a link stays one
  const auto there = base::stat_file(path);
  if (there && there->is_regular && base::permissions_of(path) == file.mode && there->size == file.bytes.size() &&
      base::read_file(path, most_bytes) == std::string(base::text_of(file.bytes))) {
    return false;
  }
  auto beside = path;
  beside += ".dbrollback";
  base::remove_file(beside);  // of somebody who died here
  base::make_folder(path.parent_path(), 0755);
  if (there) {
    base::copy_file(path, beside);  // for its owner
    base::empty_file(beside);
  }
  base::File out(beside, there ? base::File::Mode::write : base::File::Mode::create_new);
  out.write(file.bytes);
  base::set_mode(beside, file.mode);
  out.sync();
  out.close();
  base::rename_file(beside, path);
  base::sync_folder(path.parent_path());
  return true;
}

}  // namespace dbrollback::application
