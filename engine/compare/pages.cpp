#include "engine/compare/comparison.hpp"
#include "engine/repository/take.hpp"
#include "engine/snapshot/open.hpp"

namespace dbrollback::compare {

namespace {

// A view of stored pages, or of the live file.
class Pages {
 public:
  Pages(repository::Store& store, const DatabaseConfig& database, const std::optional<SnapshotDetails>& manifest,
        Observer& observer) {
    const auto options = repository::view_options(database, observer);
    if (manifest) {
      stored_ = std::make_unique<snapshot::OpenSnapshot>(store.objects(), *manifest, options);
    } else {
      live_ = database::open_database(database)->open_view(options, observer);
    }
  }
  [[nodiscard]] database::View& view() { return live_ ? *live_ : stored_->view(); }

 private:
  std::unique_ptr<database::View> live_;
  std::unique_ptr<snapshot::OpenSnapshot> stored_;
};

class PageComparison final : public Comparison {
 public:
  PageComparison(repository::Store& store, const DatabaseConfig& database, const Manifests& manifests,
                 Observer& observer)
      : a_(store, database, manifests[0], observer), b_(store, database, manifests[1], observer) {}

  const schema::Schema& schema(Side side) override { return of(side).describe().schema; }
  std::uint64_t count(Side side, const std::string& table) override { return of(side).count(table); }
  database::RowDifference rows(const std::string& table) override {
    return database::compare_rows(a_.view(), b_.view(), table);
  }

 private:
  [[nodiscard]] database::View& of(Side side) { return side == Side::a ? a_.view() : b_.view(); }

  Pages a_;
  Pages b_;
};

}  // namespace

std::unique_ptr<Comparison> open_pages(repository::Store& store, const DatabaseConfig& database,
                                       const Manifests& manifests, Observer& observer) {
  return std::make_unique<PageComparison>(store, database, manifests, observer);
}

}  // namespace dbrollback::compare
