// Known good versions: the list, what it keeps, and lists of others.
#include "engine/release/known_good.hpp"

#include "engine/release/releases.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::release {
namespace {

namespace fs = std::filesystem;

class KnownGoodVersions : public test::InFolder {
 protected:
  KnownGoodVersions() : repository_(Repository::create(at("repository"))) {}

  repository::Store& store() { return repository_.store(); }
  Release deployed(const std::string& version, const std::string& snapshot) {
    Release release = begin_release(version, "app");
    release.state = Release::State::confirmed;
    release.database.snapshot = snapshot;
    SnapshotDetails details = test::example_details(0, {});
    details.summary.id = snapshot;
    snapshot::publish_manifest(store().objects(), details);
    write(store(), release);
    return release;
  }
  [[nodiscard]] ErrorInfo reading_fails(const std::string& text) const {
    return test::error_of([&] { (void)versions_of_json(text, "list.json"); });
  }

  Repository repository_;
};

TEST_F(KnownGoodVersions, AreThoseThatWereMarked) {
  EXPECT_TRUE(known_good(repository_).empty());
  mark_good(repository_, "v1", "by hand");
  EXPECT_EQ(import_good(repository_, {"v1", "v2", "v3", "v2"}, "list.json"), 2U);
  auto all = known_good(repository_);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].version, "v1");
  EXPECT_EQ(all[0].source, "by hand") << "as it was marked first";
  EXPECT_EQ(all[2].source, "list.json");
  EXPECT_FALSE(all[0].user.empty());
  EXPECT_TRUE(unmark_good(repository_, "v2"));
  EXPECT_FALSE(unmark_good(repository_, "v2"));
  EXPECT_EQ(known_good(repository_).size(), 2U);
}

TEST_F(KnownGoodVersions, AreShownWithTheirReleases) {
  deployed("v1", "20261120T233015Z-0001");
  deployed("v2", "20261120T233015Z-0002");
  mark_good(repository_, "v2", {});
  const auto releases = list_releases(repository_);
  ASSERT_EQ(releases.size(), 2U);
  EXPECT_FALSE(last_release_of(releases, "v1")->good);
  EXPECT_TRUE(last_release_of(releases, "v2")->good);
  EXPECT_EQ(known_good(repository_).at(0).source, "release " + last_release_of(releases, "v2")->id);
}

TEST_F(KnownGoodVersions, KeepTheSnapshotsOfTheirLastRelease) {
  const Release earlier = deployed("v1", "20261120T233015Z-0001");
  const Release last = deployed("v1", "20261120T233015Z-0002");
  deployed("v2", "20261120T233015Z-0003");
  deployed("v3", "20261120T233015Z-0004");
  mark_good(repository_, "v1", {});
  EXPECT_FALSE(store().read_pin(earlier.database.snapshot));
  EXPECT_EQ(store().read_pin(last.database.snapshot), pin_reason(last, false));
  release_pins(store(), "app");
  EXPECT_TRUE(store().read_pin(last.database.snapshot));
  EXPECT_TRUE(unmark_good(repository_, "v1"));
  EXPECT_FALSE(store().read_pin(last.database.snapshot)) << "it is like others now";
}

TEST_F(KnownGoodVersions, AreTextsWithoutBlanks) {
  for (const std::string& bad : {std::string(), std::string("v 1"), std::string("v1\n"), std::string(201, 'v')}) {
    EXPECT_EQ(test::error_of([&] { (void)import_good(repository_, {"v1", bad}, "x"); }).code, "bad_version") << bad;
  }
  EXPECT_TRUE(known_good(repository_).empty()) << "all or none";
}

TEST_F(KnownGoodVersions, OfADamagedListAreAnErrorAndNeverOverwritten) {
  mark_good(repository_, "v1", {});
  const fs::path list = at("repository/known-good.json");
  for (const std::string bad : {"", "{}", "[]", "{\n  \"versions\": []\n}\n"}) {
    test::put_content(list, bad);
    EXPECT_EQ(test::error_of([&] { (void)known_good(repository_); }).exit, Exit::damaged) << bad;
    EXPECT_EQ(test::error_of([&] { (void)list_releases(repository_); }).exit, Exit::damaged) << bad;
    EXPECT_EQ(test::error_of([&] { mark_good(repository_, "v2", {}); }).exit, Exit::damaged) << bad;
    EXPECT_EQ(test::content_of(list), bad);
  }
}

TEST_F(KnownGoodVersions, ComeInListsOfTextsOrObjects) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(versions_of_json(R"(["a1b2", "v1.4.2"])", "f"), (Texts{"a1b2", "v1.4.2"}));
  EXPECT_EQ(versions_of_json(
                R"([{"commit": "a", "date": 5}, {"sha": "b"}, {"tag": "c"}, {"version": "d", "sha": "e"}])", "f"),
            (Texts{"a", "b", "c", "d"}));
  EXPECT_TRUE(versions_of_json("[]", "f").empty());
}

TEST_F(KnownGoodVersions, OfOtherFilesAreAMistakeOfUsage) {
  for (const std::string text : {"", "{", "5", "\"v1\"", "{\"versions\": []}", "[5]", "[[\"v1\"]]",
                                 "[{\"name\": \"v1\"}]", "[{\"version\": 5}]", "[null]"}) {
    const ErrorInfo info = reading_fails(text);
    EXPECT_EQ(info.code, "bad_list") << text;
    EXPECT_EQ(info.exit, Exit::usage) << text;
    EXPECT_EQ(info.object, "list.json") << text;
  }
  EXPECT_NE(reading_fails(R"(["v1", {}])").message.find("entry 2"), std::string::npos);
}

}  // namespace
}  // namespace dbrollback::release
