#include "engine/repository/store.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "engine/repository/catalog.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::repository {
namespace {

namespace fs = std::filesystem;

class Repositories : public test::InFolder {
 protected:
  Repositories() : store_(Store::create(at("repository"), "")) {}

  [[nodiscard]] fs::path marker() const { return at("repository/dbrollback.repository"); }
  [[nodiscard]] ErrorInfo opening_fails() const {
    return test::error_of([&] { (void)Store::open(at("repository")); });
  }
  std::string publish() {
    snapshot::publish_manifest(store_->objects(), test::example_details(0, {}));
    return test::example_id;
  }
  void seal_into(const fs::path& file, const base::Json& document) const {
    test::put_content(file, base::seal(document));
  }
  [[nodiscard]] fs::path sidecar(const std::string& name) const {
    return at("repository/snapshots/" + test::example_id + "/" + name);
  }
  // The lineage of a configured database of this name.
  static std::string lineage(Store& store, const std::string& name) {
    DatabaseConfig database;
    database.name = name;
    return store.lineage_of(database, "/srv/app.db");
  }
  std::string lineage(const std::string& name) { return lineage(*store_, name); }

  std::unique_ptr<Store> store_;
};

TEST_F(Repositories, AreKnownByTheirMarker) {
  const base::Json document = base::unseal(test::content_of(marker()), "the marker");
  EXPECT_EQ(document["format"]["name"], "dbrollback repository");
  EXPECT_EQ(document["format"]["version"], 1);
  EXPECT_EQ(document["id"].get<std::string>().size(), 32U);
  EXPECT_EQ(document["shared_by_group"], false);
}

TEST_F(Repositories, AreTheirOwnersAlone) {
  (void)publish();
  for (const auto& entry : fs::recursive_directory_iterator(at("repository"))) {
    const auto wanted = entry.is_directory() ? fs::perms::owner_all : fs::perms::owner_read | fs::perms::owner_write;
    EXPECT_EQ(entry.status().permissions(), wanted) << entry.path();
  }
}

TEST_F(Repositories, AreOpenedWhenTheyAreCreatedAgain) {
  const std::string before = test::content_of(marker());
  EXPECT_NO_THROW((void)Store::create(at("repository"), ""));
  EXPECT_EQ(test::content_of(marker()), before);
}

TEST_F(Repositories, AreNotMadeOfAFolderWithSomethingElse) {
  fs::create_directory(at("photos"));
  test::put_content(at("photos/cat.jpg"), "meow");
  const ErrorInfo info = test::error_of([&] { (void)Store::create(at("photos"), ""); });
  EXPECT_EQ(info.exit, Exit::refused);
  EXPECT_FALSE(fs::exists(at("photos/dbrollback.repository")));
}

TEST_F(Repositories, ThatAreAbsentAreAMistakeOfUsage) {
  EXPECT_EQ(test::error_of([&] { (void)Store::open(at("absent")); }).exit, Exit::usage);
  EXPECT_EQ(test::error_of([&] { (void)Store::open(folder()); }).code, "no_repository");
}

TEST_F(Repositories, OfANewerFormatAreRefusedEvenWhenTheyAreSealedInAnotherWay) {
  test::put_content(marker(), R"({"format": {"name": "dbrollback repository", "version": 2}, "seal2": "?"})");
  EXPECT_EQ(opening_fails().code, "newer_format");
  EXPECT_EQ(opening_fails().exit, Exit::failed);
}

TEST_F(Repositories, WithADamagedMarkerAreRefused) {
  std::string text = test::content_of(marker());
  text[text.find("false")] = 'F';
  test::put_content(marker(), text);
  EXPECT_EQ(opening_fails().exit, Exit::damaged);
  seal_into(marker(), {{"format", {{"name", "dbrollback repository"}, {"version", 1}}}, {"shared_by_group", "no"}});
  EXPECT_EQ(opening_fails().exit, Exit::damaged);
}

TEST_F(Repositories, KeepOneLineageForEachDatabase) {
  const std::string app = lineage("app");
  EXPECT_EQ(app.size(), 16U);
  EXPECT_EQ(lineage("app"), app);
  EXPECT_NE(lineage("web"), app);
  EXPECT_EQ(lineage(*Store::open(at("repository")), "app"), app);
}

TEST_F(Repositories, KeepLineagesOfNamesThatAreNoFileNames) {
  std::vector<std::string> names = {"a/b",
                                    "a.b",
                                    "..",
                                    "a b",
                                    "a%2fb",
                                    "データベース",
                                    "\n0",
                                    "\x04"
                                    "8",
                                    "A",
                                    "a",
                                    "%",
                                    "-",
                                    std::string(1000, 'x'),
                                    std::string(1000, 'y')};
  names.push_back(names[12] + "z");
  std::vector<std::string> lineages;
  for (const auto& name : names) {
    lineages.push_back(lineage(name));
    EXPECT_EQ(std::ranges::count(lineages, lineages.back()), 1) << name;
  }
  for (const auto& name : base::list_folder(at("repository/databases"))) {
    EXPECT_TRUE(storage::is_valid_name(name)) << name;
  }
  EXPECT_TRUE(fs::exists(at("repository/databases/a%2fb.json")));
  EXPECT_TRUE(fs::exists(at("repository/databases/app.json")) || lineage("app").size() == 16U);
}

TEST_F(Repositories, RefuseALineageThatIsNotWhatTheyWrite) {
  (void)lineage("app");
  for (const char* member : {"source", "lineage"}) {
    seal_into(at("repository/databases/app.json"), {{member, 5}});
    EXPECT_EQ(test::error_of([&] { (void)lineage("app"); }).code, "damaged_document") << member;
  }
}

TEST_F(Repositories, ReadBackProofsAndPins) {
  const std::string id = publish();
  EXPECT_FALSE(store_->read_proof(id));
  EXPECT_FALSE(store_->read_pin(id));
  store_->write_proof(id, {.level = Proof::restored,
                           .at = *base::time_from_iso("2026-11-20T23:30:15.5Z"),
                           .damaged = true,
                           .contents = {{.name = "t", .rows = 7, .hash = "99aa06d3014798d86001c324468d497f"}}});
  store_->write_pin(id, "audit \"2026\"");
  const auto proof = store_->read_proof(id);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->level, Proof::restored);
  EXPECT_EQ(proof->at, *base::time_from_iso("2026-11-20T23:30:15.5Z"));
  EXPECT_TRUE(proof->damaged);
  ASSERT_EQ(proof->contents.size(), 1U);
  EXPECT_EQ(proof->contents[0].rows, 7U);
  EXPECT_EQ(store_->read_pin(id), "audit \"2026\"");
  store_->remove_pin(id);
  EXPECT_FALSE(store_->read_pin(id));
}

TEST_F(Repositories, RefuseSidecarsThatAreNotWhatTheyWrite) {
  const std::string id = publish();
  seal_into(sidecar("proof.json"), {{"level", 5}});
  EXPECT_EQ(test::error_of([&] { (void)store_->read_proof(id); }).exit, Exit::damaged);
  seal_into(sidecar("proof.json"), {{"level", "stored"}, {"contents", {1, 2}}});
  EXPECT_EQ(test::error_of([&] { (void)store_->read_proof(id); }).exit, Exit::damaged);
  seal_into(sidecar("pin.json"), {{"reason", nullptr}});
  EXPECT_EQ(test::error_of([&] { (void)store_->read_pin(id); }).exit, Exit::damaged);
  EXPECT_TRUE(store_->summary(id).pinned);
}

TEST_F(Repositories, SweepAwayOnlyWhatWasNeverPublished) {
  const std::string id = publish();
  const std::string unfinished = "20261120T120000Z-0000";
  fs::create_directories(at("repository/snapshots/" + unfinished));
  test::put_content(at("repository/snapshots/" + unfinished + "/data-0000.seg"), "x");
  test::put_content(at("repository/snapshots/" + unfinished + "/data-0001.seg.12345678.part"), "x");
  fs::create_directories(at("repository/snapshots/lost+found"));
  EXPECT_EQ(store_->sweep(), std::vector<std::string>{unfinished});
  EXPECT_FALSE(fs::exists(at("repository/snapshots/" + unfinished)));
  EXPECT_TRUE(store_->is_published(id));
  EXPECT_TRUE(fs::exists(at("repository/snapshots/lost+found")));
}

TEST_F(Repositories, TellASnapshotThatLostItsManifestFromOneThatNeverHadIt) {
  const std::string lost = publish();
  fs::remove(at("repository/snapshots/" + lost + "/manifest.json"));
  const std::string unfinished = "20261120T120000Z-0000";
  fs::create_directories(at("repository/snapshots/" + unfinished));
  test::put_content(at("repository/snapshots/" + unfinished + "/manifest.sum"), "x");
  test::put_content(at("repository/snapshots/" + unfinished + "/manifest.json.12345678.part"), "x");
  EXPECT_TRUE(store_->lost_its_manifest(lost));
  EXPECT_FALSE(store_->lost_its_manifest(unfinished));
  EXPECT_EQ(store_->sweep(), std::vector<std::string>{unfinished});
  EXPECT_TRUE(fs::exists(at("repository/snapshots/" + lost + "/manifest.sum")));
  const auto all = store_->catalog().all();
  ASSERT_EQ(all.size(), 1U) << "it is listed, as damaged";
  EXPECT_EQ(all[0].id, lost);
  EXPECT_TRUE(all[0].damaged);
}

TEST_F(Repositories, RemoveALinkAndNotWhatIsBehindIt) {
  fs::create_directories(at("elsewhere"));
  test::put_content(at("elsewhere/wanted"), "x");
  fs::create_directories(at("repository/snapshots"));
  fs::create_directory_symlink(at("elsewhere"), at("repository/snapshots/20261120T120000Z-0000"));
  EXPECT_TRUE(store_->sweep().empty()) << "it is no snapshot of ours";
  store_->objects().remove_all("snapshots/20261120T120000Z-0000/");
  EXPECT_FALSE(fs::exists(fs::symlink_status(at("repository/snapshots/20261120T120000Z-0000"))));
  EXPECT_TRUE(fs::exists(at("elsewhere/wanted")));
}

TEST_F(Repositories, SweepNothingWhileSomebodyIsAtWork) {
  fs::create_directories(at("repository/snapshots/20261120T120000Z-0000"));
  const auto other = Store::open(at("repository"));
  const auto writing = other->share(std::chrono::milliseconds(0));
  EXPECT_TRUE(store_->sweep().empty());
  EXPECT_TRUE(fs::exists(at("repository/snapshots/20261120T120000Z-0000")));
}

TEST_F(Repositories, LetOneCommandPerDatabaseWork) {
  const auto other = Store::open(at("repository"));
  const auto app = store_->lock_database("/srv/app.db", "app");
  EXPECT_NO_THROW((void)other->lock_database("/srv/web.db", "web"));
  const ErrorInfo info = test::error_of([&] { (void)other->lock_database("/srv/app.db", "app"); });
  EXPECT_EQ(info.exit, Exit::busy);
}

}  // namespace
}  // namespace dbrollback::repository
