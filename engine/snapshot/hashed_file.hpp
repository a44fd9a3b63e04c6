// A file of a snapshot that is written once, and whose length and hash go into the manifest.
#pragma once

#include <memory>
#include <string>

#include "dbrollback/snapshot.hpp"
#include "engine/base/hash.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::snapshot {

// The object name of a snapshot's file.
[[nodiscard]] std::string object_name(const std::string& id, const std::string& file);

class HashedFile {
 public:
  HashedFile(storage::ObjectStore& store, const std::string& id, std::string name);
  void write(base::ByteView bytes);
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  // Makes it durable and visible. Without it, nothing stays.
  [[nodiscard]] FileFacts finish();

 private:
  std::unique_ptr<storage::ObjectWriter> object_;
  std::string name_;
  base::Hasher hash_;
  std::uint64_t bytes_ = 0;
};

}  // namespace dbrollback::snapshot
