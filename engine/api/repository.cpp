#include "dbrollback/repository.hpp"

#include <utility>

#include "engine/base/file.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/repository/select.hpp"
#include "engine/repository/store.hpp"
#include "engine/snapshot/manifest.hpp"

namespace dbrollback {

Repository::Repository(std::unique_ptr<repository::Store> store) : store_(std::move(store)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Repository Repository::create(const std::filesystem::path& folder, const std::string& group) {
  return Repository(repository::Store::create(base::fs::absolute(folder).lexically_normal(), group));
}

Repository Repository::open(const std::filesystem::path& folder) {
  return Repository(repository::Store::open(base::fs::absolute(folder).lexically_normal()));
}

std::filesystem::path Repository::folder() const { return store_->folder(); }

std::vector<SnapshotSummary> Repository::list(const std::string& database) {
  auto all = store_->catalog().all();
  std::erase_if(all, [&](const SnapshotSummary& snapshot) {
    // One whose manifest cannot be read may be anybody's.
    return !database.empty() && !snapshot.database.empty() && snapshot.database != database;
  });
  return all;
}

SnapshotSummary Repository::resolve(const std::string& spec, const std::string& database) {
  return repository::select(store_->catalog().all(), spec, database);
}

SnapshotDetails Repository::details(const std::string& id) {
  SnapshotDetails details = snapshot::read_manifest(store_->objects(), id);
  details.summary = store_->summary(id);
  return details;
}

void Repository::pin(const std::string& id, const std::string& reason) {
  store_->require_writable();
  const auto lock = store_->share(std::chrono::seconds(5));
  (void)snapshot::read_manifest(store_->objects(), id);
  store_->write_pin(id, reason);
}

void Repository::unpin(const std::string& id) {
  store_->require_writable();
  store_->remove_pin(id);
}

std::size_t Repository::rebuild_catalog() {
  store_->require_writable();
  return store_->catalog().rebuild();
}

repository::Store& Repository::store() { return *store_; }

}  // namespace dbrollback
