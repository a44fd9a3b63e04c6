#include "engine/release/kept_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/compress.hpp"
#include "engine/base/document.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::release {

using base::cat;
using base::Json;
using base::printable;

namespace {

constexpr std::uint64_t largest_file = 256ULL << 20U;
constexpr int kept_level = 3;  // of zstd: small texts, written once

std::string kept_object(const std::string& hash) { return cat("kept/", hash); }

[[noreturn]] void fail_kept(const std::string& object, const std::string& problem) {
  base::fail({.code = "damaged_kept_file",
              .exit = Exit::damaged,
              .message = cat(printable(object), " ", problem),
              .object = object,
              .state = "nothing was changed",
              .next = "put this file back from a copy of the repository"});
}

std::optional<base::Bytes> uncompressed(std::string_view stored) {
  const base::ByteView frame = base::bytes_of(stored);
  const auto size = base::content_size(frame);
  if (!size || *size > largest_file) {
    return std::nullopt;
  }
  base::Bytes raw(*size);
  return base::Decompressor().decompress(frame, raw) ? std::optional(std::move(raw)) : std::nullopt;
}

// XXH3 finds damage, and proves nothing: of one name, the bytes are compared.
void require_same(storage::ObjectStore& objects, const std::string& object, base::ByteView bytes) {
  const auto stored = storage::read_object(objects, object, largest_file);
  const auto there = stored ? uncompressed(*stored) : std::nullopt;
  if (!there || !std::ranges::equal(*there, bytes)) {
    base::fail({.code = "damaged_kept_file",
                .exit = Exit::damaged,
                .message = cat(printable(objects.describe(object)), " holds something else than what is to be kept"),
                .object = objects.describe(object),
                .state = "nothing was changed",
                .next = "move this file away, then run this command again"});
  }
}

// Within a folder, whatever it is joined with: "20260101_users/up.sql".
bool is_path_within(const std::string& path) {
  const base::fs::path parts(path);
  return !path.empty() && base::is_utf8(path) && path.find('\0') == std::string::npos && path.back() != '/' &&
         !parts.is_absolute() &&
         std::ranges::none_of(parts, [](const auto& part) { return part.empty() || part == "." || part == ".."; });
}

struct ListedFile {
  std::string path;
  std::string hash;
};

std::vector<ListedFile> list_of(const Json& document) {
  std::vector<ListedFile> files;
  for (const Json& each : document.at("files")) {
    files.push_back({.path = each.at("path").get<std::string>(), .hash = each.at("hash").get<std::string>()});
  }
  return files;
}

void write_new(const base::fs::path& file, base::ByteView bytes) {
  base::make_folder(file.parent_path(), 0700);
  base::File out(file, base::File::Mode::create_new);
  out.write(bytes);
  out.close();
}

}  // namespace

std::string KeptFiles::keep(base::ByteView bytes) const {
  std::string hash = to_hex(base::xxh3_128(bytes));
  const std::string object = kept_object(hash);
  storage::ObjectStore& objects = store_->objects();
  if (bytes.size() > largest_file) {
    base::fail(
        {.code = "too_large",
         .exit = Exit::failed,
         .message = cat("a file of ", base::human_bytes(bytes.size()), " is too large to be kept with a release"),
         .object = object,
         .state = "nothing was changed",
         .next = {}});
  }
  if (!objects.stat(object)) {
    base::Bytes frame;
    base::Compressor(kept_level).compress(bytes, frame);
    if (objects.put_if_absent(object, frame)) {
      base::reached("file kept");
      return hash;
    }
  }
  require_same(objects, object, bytes);
  return hash;
}

base::Bytes KeptFiles::read(const std::string& hash) const {
  if (!base::hash_from_hex(hash)) {
    fail_kept(hash, "is no hash of a kept file");
  }
  storage::ObjectStore& objects = store_->objects();
  const std::string described = objects.describe(kept_object(hash));
  const auto stored = storage::read_object(objects, kept_object(hash), largest_file);
  if (!stored) {
    fail_kept(described, "is missing");
  }
  auto raw = uncompressed(*stored);
  if (!raw || to_hex(base::xxh3_128(*raw)) != hash) {
    fail_kept(described, "is damaged: it does not fit its hash");
  }
  return std::move(*raw);
}

std::string KeptFiles::keep_folder(const std::vector<FolderFile>& files) const {
  std::vector<ListedFile> list;
  list.reserve(files.size());
  for (const FolderFile& file : files) {
    if (!is_path_within(file.path)) {
      base::fail_usage("bad_path", cat("a file named ", printable(file.path), " cannot be kept with a release"),
                       file.path, "rename it");
    }
    list.push_back({.path = file.path, .hash = keep(base::bytes_of(file.text))});
  }
  std::ranges::sort(list, {}, &ListedFile::path);  // the same files, the same hash
  Json document = Json::array();
  for (const ListedFile& file : list) {
    document.push_back({{"path", file.path}, {"hash", file.hash}});
  }
  const std::string text = base::seal({{"files", std::move(document)}});
  return keep(base::bytes_of(text));
}

void KeptFiles::write_folder(const std::string& hash, const std::filesystem::path& into) const {
  const std::string object = store_->objects().describe(kept_object(hash));
  const base::Bytes text = read(hash);
  std::vector<ListedFile> files;
  try {
    files = list_of(base::unseal(base::text_of(text), object));
  } catch (const Json::exception&) {
    fail_kept(object, "is no list of files");
  }
  for (const ListedFile& file : files) {
    if (!is_path_within(file.path)) {
      fail_kept(object, cat("has a path that leads out of its folder: ", printable(file.path)));
    }
  }
  for (const ListedFile& file : files) {
    const base::Bytes bytes = read(file.hash);
    write_new(into / file.path, bytes);
  }
}

}  // namespace dbrollback::release
