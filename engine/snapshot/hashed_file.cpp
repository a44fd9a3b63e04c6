#include "engine/snapshot/hashed_file.hpp"

#include <utility>

#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

std::string object_name(const std::string& id, const std::string& file) {
  return base::cat("snapshots/", id, "/", file);
}

HashedFile::HashedFile(storage::ObjectStore& store, const std::string& id, std::string name)
    : object_(store.put(object_name(id, name))), name_(std::move(name)) {}

void HashedFile::write(base::ByteView bytes) {
  object_->write(bytes);
  hash_.update(bytes);
  bytes_ += bytes.size();
}

FileFacts HashedFile::finish() {
  object_->commit();
  return {.name = name_, .bytes = bytes_, .hash = to_hex(hash_.digest())};
}

}  // namespace dbrollback::snapshot
