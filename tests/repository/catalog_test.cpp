#include "engine/repository/catalog.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "engine/repository/store.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::repository {
namespace {

namespace fs = std::filesystem;

class CatalogOf : public test::InFolder {
 protected:
  CatalogOf() : store_(Store::create(at("repository"), "")) {}

  [[nodiscard]] fs::path file() const { return at("repository/catalog.db"); }
  [[nodiscard]] fs::path manifest(const std::string& id) const {
    return at("repository/snapshots/" + id + "/manifest.json");
  }

  // A snapshot without pages.
  std::string publish(const std::string& created, const std::string& end) {
    SnapshotDetails details = test::example_details(0, {});
    details.summary.created = *base::time_from_iso(created);
    details.summary.id = base::to_compact(details.summary.created) + "-" + end;
    snapshot::publish_manifest(store_->objects(), details);
    return details.summary.id;
  }

  // What another process sees now.
  [[nodiscard]] std::vector<std::string> ids() const {
    const auto other = Store::open(at("repository"));
    std::vector<std::string> out;
    for (const auto& summary : other->catalog().all()) {
      out.push_back(summary.id);
    }
    return out;
  }

  void execute(const std::string& sql) const {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }

  std::unique_ptr<Store> store_;
};

using Ids = std::vector<std::string>;

TEST_F(CatalogOf, AnEmptyRepositoryIsEmpty) { EXPECT_EQ(ids(), Ids{}); }

TEST_F(CatalogOf, SnapshotsListsThemOldestFirst) {
  const std::string second = publish("2026-11-20T12:00:00.5Z", "0000");
  const std::string third = publish("2026-11-20T12:00:00.7Z", "ffff");
  const std::string first = publish("2026-11-19T12:00:00Z", "aaaa");
  EXPECT_EQ(ids(), (Ids{first, second, third}));
}

TEST_F(CatalogOf, SnapshotsOfOneSecondListsThemAsTheyWereTaken) {
  const std::string second = publish("2026-11-20T12:00:00.7Z", "0000");
  const std::string first = publish("2026-11-20T12:00:00.5Z", "ffff");
  EXPECT_EQ(ids(), (Ids{first, second}));
}

TEST_F(CatalogOf, AFolderWithoutAManifestLeavesItOut) {
  fs::create_directories(at("repository/snapshots/20261120T120000Z-0000"));
  fs::create_directories(at("repository/snapshots/notes"));
  EXPECT_EQ(ids(), Ids{});
}

TEST_F(CatalogOf, ManifestsThatCameAndWentFollowsThem) {
  const std::string first = publish("2026-11-19T12:00:00Z", "aaaa");
  EXPECT_EQ(ids(), Ids{first});
  const std::string second = publish("2026-11-20T12:00:00Z", "bbbb");
  EXPECT_EQ(ids(), (Ids{first, second}));
  store_->objects().remove_all("snapshots/" + first + "/");
  EXPECT_EQ(ids(), Ids{second});
}

TEST_F(CatalogOf, PinsAndProofsFollowsThem) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  EXPECT_FALSE(store_->catalog().all().at(0).pinned);
  store_->write_pin(id, "audit");
  store_->write_proof(id,
                      {.level = Proof::content, .at = Time(std::chrono::seconds(5)), .damaged = false, .contents = {}});
  const SnapshotSummary summary = store_->catalog().all().at(0);
  EXPECT_TRUE(summary.pinned);
  EXPECT_EQ(summary.pin_reason, "audit");
  EXPECT_EQ(summary.proof, Proof::content);
  EXPECT_EQ(summary.proven_at, Time(std::chrono::seconds(5)));
  store_->remove_pin(id);
  EXPECT_FALSE(store_->catalog().all().at(0).pinned);
}

TEST_F(CatalogOf, ADamagedManifestListsItAsDamaged) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  fs::resize_file(manifest(id), 100);
  const SnapshotSummary summary = store_->catalog().all().at(0);
  EXPECT_EQ(summary.id, id);
  EXPECT_TRUE(summary.damaged);
  EXPECT_EQ(summary.created, *base::time_from_iso("2026-11-19T12:00:00Z")) << "its id says when";
}

TEST_F(CatalogOf, ADamagedPinKeepsTheSnapshotPinned) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  test::put_content(at("repository/snapshots/" + id + "/pin.json"), "{}");
  EXPECT_TRUE(store_->catalog().all().at(0).pinned);
}

TEST_F(CatalogOf, ANewerFormatDoesNotCallItDamaged) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  std::string text = test::content_of(manifest(id));
  text.replace(text.find("\"version\": 1"), 12, "\"version\": 2");
  test::put_content(manifest(id), text);
  test::put_content(manifest(id).parent_path() / "manifest.sum",
                    to_hex(base::xxh3_128(base::bytes_of(text))) + "  manifest.json\n");
  const SnapshotSummary summary = store_->catalog().all().at(0);
  EXPECT_FALSE(summary.damaged);
  EXPECT_EQ(summary.reason, "written by a newer dbrollback");
}

TEST_F(CatalogOf, ALostFileIsMadeAgain) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  EXPECT_EQ(ids(), Ids{id});
  fs::remove(file());
  EXPECT_EQ(ids(), Ids{id});
  EXPECT_TRUE(fs::exists(file()));
}

TEST_F(CatalogOf, ADamagedFileIsMadeAgain) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  EXPECT_EQ(ids(), Ids{id});
  const std::string whole = test::content_of(file());
  for (const std::string& damaged : {std::string("this is no database"), std::string(whole.size(), 'x'),
                                     whole.substr(0, 100), whole.substr(0, whole.size() / 2), std::string()}) {
    test::put_content(file(), damaged);
    EXPECT_EQ(ids(), Ids{id}) << damaged.size() << " bytes";
    EXPECT_EQ(ids(), Ids{id});
  }
}

TEST_F(CatalogOf, RowsThatSomebodyChangedAreMadeAgain) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  EXPECT_EQ(ids(), Ids{id});
  execute("UPDATE snapshot SET summary = 'no JSON'");
  EXPECT_EQ(ids(), Ids{id});
  execute("INSERT INTO snapshot VALUES ('20200101T000000Z-0000', 'x', '{}')");
  EXPECT_EQ(ids(), Ids{id});
  execute("DROP TABLE snapshot");
  EXPECT_EQ(ids(), Ids{id});
  execute("PRAGMA user_version = 99");
  EXPECT_EQ(ids(), Ids{id});
}

TEST_F(CatalogOf, ALockedFileIsDoneWithout) {
  const std::string id = publish("2026-11-19T12:00:00Z", "aaaa");
  EXPECT_EQ(ids(), Ids{id});
  const std::string second = publish("2026-11-20T12:00:00Z", "bbbb");
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto inode = base::stat_file(file())->inode;
  EXPECT_EQ(ids(), (Ids{id, second}));
  EXPECT_EQ(base::stat_file(file())->inode, inode) << "it is another process's: not to be removed";
  sqlite3_close(handle);
}

TEST_F(CatalogOf, EverythingIsRebuiltFromTheManifests) {
  (void)publish("2026-11-19T12:00:00Z", "aaaa");
  (void)publish("2026-11-20T12:00:00Z", "bbbb");
  EXPECT_EQ(store_->catalog().rebuild(), 2U);
}

}  // namespace
}  // namespace dbrollback::repository
