// Where a repository keeps its bytes: named objects, as an object store has them.
//
// Names are relative paths of the characters A-Z a-z 0-9 . _ - % and '/', without "." or ".." as a part; `check_name`
// refuses others, so that nothing read from a repository can lead outside it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/file.hpp"

namespace dbrollback::storage {

struct ObjectStat {
  std::string name;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
};

// Writes one object. Nothing is visible before `commit`; destroying the writer without it leaves nothing.
class ObjectWriter {
 public:
  ObjectWriter() = default;
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;
  ObjectWriter(ObjectWriter&&) = delete;
  ObjectWriter& operator=(ObjectWriter&&) = delete;
  virtual ~ObjectWriter() = default;

  virtual void write(base::ByteView bytes) = 0;
  // Makes the object durable, then visible, replacing one of the same name.
  virtual void commit() = 0;
};

class ObjectReader {
 public:
  ObjectReader() = default;
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;
  ObjectReader(ObjectReader&&) = delete;
  ObjectReader& operator=(ObjectReader&&) = delete;
  virtual ~ObjectReader() = default;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Returns fewer bytes than asked only at the object's end. May be called from several threads.
  [[nodiscard]] virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
};

// May be used from several threads at once, and so may its writers, each by one at a time.
class ObjectStore {
 public:
  ObjectStore() = default;
  ObjectStore(const ObjectStore&) = delete;
  ObjectStore& operator=(const ObjectStore&) = delete;
  ObjectStore(ObjectStore&&) = delete;
  ObjectStore& operator=(ObjectStore&&) = delete;
  virtual ~ObjectStore() = default;

  [[nodiscard]] virtual std::unique_ptr<ObjectWriter> put(const std::string& name) = 0;
  // Creates a small object; false when one of that name is there already.
  virtual bool put_if_absent(const std::string& name, base::ByteView bytes) = 0;
  // Null when there is none.
  [[nodiscard]] virtual std::unique_ptr<ObjectReader> open(const std::string& name) = 0;
  [[nodiscard]] virtual std::optional<ObjectStat> stat(const std::string& name) = 0;
  // The objects below `prefix` (which ends in '/', or is empty), sorted by name. What no commit made visible is left
  // out.
  [[nodiscard]] virtual std::vector<ObjectStat> list(const std::string& prefix) = 0;
  // The parts that follow `prefix` directly in names, whether or not anything committed is below them, sorted.
  [[nodiscard]] virtual std::vector<std::string> list_folders(const std::string& prefix) = 0;
  virtual void remove(const std::string& name) = 0;
  // Takes a commit back in one step: the object is as one that was never committed, until it is removed with
  // `remove_all`. Nothing when there is none.
  virtual void withdraw(const std::string& name) = 0;
  // There is what a writer of this object left that died before its commit, or lives, or what `withdraw` left.
  [[nodiscard]] virtual bool is_unfinished(const std::string& name) = 0;
  // Removes what writers left directly below `prefix` that died before their commit. Precondition: nobody writes there.
  virtual void remove_unfinished(const std::string& prefix) = 0;
  // Removes everything below `prefix`, what was never committed included.
  virtual void remove_all(const std::string& prefix) = 0;
  // For messages: where a person finds the object.
  [[nodiscard]] virtual std::string describe(const std::string& name) const = 0;
  // Room, where the store can tell.
  [[nodiscard]] virtual std::optional<std::uint64_t> free_bytes() const = 0;
  // The largest segment that suits this store.
  [[nodiscard]] virtual std::uint64_t segment_bytes() const = 0;
};

[[nodiscard]] bool is_valid_name(std::string_view name);
// Throws Error (Exit::damaged) for a name that leads outside, naming it.
void check_name(std::string_view name);

// A whole small object; nothing when there is none. Throws Error (Exit::damaged) beyond `limit` bytes.
[[nodiscard]] std::optional<std::string> read_object(ObjectStore& store, const std::string& name, std::uint64_t limit);
// Writes a whole small object, replacing one of the same name.
void write_object(ObjectStore& store, const std::string& name, base::ByteView bytes);

}  // namespace dbrollback::storage
