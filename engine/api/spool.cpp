#include <set>
#include <utility>

#include "dbrollback/repository.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"
#include "engine/repository/store.hpp"
#include "engine/snapshot/capture.hpp"
#include "engine/snapshot/id.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/storage/tar/tar_store.hpp"

namespace dbrollback {

using base::cat;
using base::printable;

namespace {

[[noreturn]] void refuse(const std::string& problem) {
  base::fail({.code = "damaged_stream",
              .exit = Exit::damaged,
              .message = cat("standard input ", problem),
              .object = "standard input",
              .state = "nothing was restored or changed",
              .next = "give a stream that `dbrollback snapshot --output -` wrote, from its beginning to its end"});
}

// Puts each entry of the stream into a repository of its own, as what it is called in its snapshot.
class Unpacker final : public storage::TarSink {
 public:
  Unpacker(repository::Store& store, Observer& observer) : store_(&store), observer_(&observer) {}

  void begin(const std::string& name, std::uint64_t size) override {
    snapshot::stop_if_cancelled(*observer_);
    const std::size_t slash = name.find('/', 10);
    const bool fits = name.starts_with("snapshots/") && slash != std::string::npos && storage::is_valid_name(name) &&
                      name.find('/', slash + 1) == std::string::npos;
    const std::string id = fits ? name.substr(10, slash - 10) : "";
    if (!snapshot::is_id(id) || (!id_.empty() && id != id_) || !names_.insert(name).second) {
      refuse(cat("holds '", printable(name), "', which is not a file of one snapshot"));
    }
    id_ = id;
    const auto free = store_->objects().free_bytes();
    if (free && *free < size + (1U << 20U)) {
      base::fail({.code = "no_room",
                  .exit = Exit::failed,
                  .message = cat("the stream does not fit on the disk of ", printable(store_->folder().native()), ": ",
                                 base::human_bytes(*free), " are left"),
                  .object = store_->folder(),
                  .state = "nothing was restored or changed",
                  .next = "give another folder with --spool"});
    }
    writer_ = store_->objects().put(name);
  }

  void write(base::ByteView bytes) override {
    writer_->write(bytes);
    done_ += bytes.size();
    observer_->progress({.phase = "reading the stream", .done = done_, .total = 0, .unit = "bytes"});
  }

  void end() override {
    writer_->commit();
    writer_.reset();
  }

  [[nodiscard]] const std::string& id() const { return id_; }

 private:
  repository::Store* store_;
  Observer* observer_;
  std::string id_;
  std::set<std::string> names_;
  std::unique_ptr<storage::ObjectWriter> writer_;
  std::uint64_t done_ = 0;
};

}  // namespace

struct SpooledSnapshot::State {
  explicit State(const std::filesystem::path& parent)
      : folder(parent / "dbrollback-spool-"), repository(Repository::create(folder.path())) {}
  base::TemporaryFolder folder;
  Repository repository;
  std::string id;
};

SpooledSnapshot::SpooledSnapshot(int fd, const std::filesystem::path& spool, Observer& observer)
    : state_(std::make_unique<State>(base::fs::absolute(spool.empty() ? base::temporary_folder() : spool))) {
  const base::fs::path& folder = state_->folder.path();
  observer.note(cat("spooling the stream to ", printable(folder.native()), " (",
                    base::human_bytes(base::disk_of(folder).free_bytes), " free there); it is removed afterwards"));
  Unpacker unpacker(state_->repository.store(), observer);
  storage::read_tar(fd, "standard input", unpacker);
  state_->id = unpacker.id();
  if (state_->id.empty() || !state_->repository.store().is_published(state_->id)) {
    refuse("ends before its manifest: the stream was cut off");
  }
}

SpooledSnapshot::~SpooledSnapshot() = default;
Repository& SpooledSnapshot::repository() { return state_->repository; }
const std::string& SpooledSnapshot::id() const { return state_->id; }

}  // namespace dbrollback
