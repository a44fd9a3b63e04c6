// Records of releases, which of them is there now, and the pins of their snapshots.
#include "engine/release/releases.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "engine/release/release_json.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::release {
namespace {

namespace fs = std::filesystem;

using State = Release::State;

class Releases : public test::InFolder {
 protected:
  Releases() : store_(repository::Store::create(at("repository"), "")) {}

  // One that was begun after all before it.
  Release make(const std::string& version, State state, bool began = true) {
    Release release = begin_release(version, "app");
    release.started = last_ += std::chrono::nanoseconds(1);
    release.state = state;
    release.began = began;
    return release;
  }
  Release put(const std::string& version, State state, bool began = true) {
    Release release = make(version, state, began);
    write(*store_, release);
    return release;
  }
  // With a snapshot that is there and pinned.
  Release put_pinned(const std::string& version, State state) {
    Release release = make(version, state);
    release.database.snapshot = published();
    write(*store_, release);
    pin_snapshots(*store_, release);
    return release;
  }
  std::string published() {
    std::string id = "20261120T233015Z-" + std::to_string(++snapshots_ + 1000);
    SnapshotDetails details = test::example_details(0, {});
    details.summary.id = id;
    snapshot::publish_manifest(store_->objects(), details);
    return id;
  }
  [[nodiscard]] bool pinned(const Release& release) const {
    return store_->read_pin(release.database.snapshot).has_value();
  }
  [[nodiscard]] fs::path record(const Release& release) const {
    return at("repository/releases") / (release.id + ".json");
  }
  [[nodiscard]] std::string current() const {
    const auto releases = read_all(*store_, "app");
    const Release* release = current_release(releases);
    return release == nullptr ? "" : release->version;
  }

  std::unique_ptr<repository::Store> store_;
  Time last_ = begin_release("", "").started;
  int snapshots_ = 0;
};

TEST_F(Releases, AreReadBackWhole) {
  Release release = make("v1.4.2", State::failed);
  release.mark = "17";
  release.previous = "v1.4.1";
  release.previous_mark = "16";
  release.changed = release.started + std::chrono::hours(1);
  release.run = "R";
  release.problem = "web: \"500\"";
  release.database = {.name = "app",
                      .snapshot = "S",
                      .snapshot_after = "T",
                      .proof = Proof::restored,
                      .format = "dbmate",
                      .version_before = "1",
                      .version_after = "3",
                      .fingerprint_before = "a",
                      .fingerprint_after = "b",
                      .migrations = {{.version = "2", .name = "2_x", .has_down = true, .scripts = "h"},
                                     {.version = "3", .name = "3_y", .has_down = false, .scripts = ""}},
                      .scripts = "k"};
  release.files = {{.path = "/srv/.env", .hash = "h", .mode = 0640}};
  release.snapshot_took = std::chrono::milliseconds(5);
  release.migrations_took = std::chrono::milliseconds(6);
  release.start_took = std::chrono::milliseconds(7);
  write(*store_, release);
  const Release back = read(*store_, release.id);
  EXPECT_EQ(to_json(back), to_json(release));
  EXPECT_EQ(back.started, release.started);
  EXPECT_EQ(back.state, State::failed);
  EXPECT_EQ(back.database.proof, Proof::restored);
  EXPECT_EQ(back.database.migrations.at(1).name, "3_y");
  EXPECT_EQ(back.files.at(0).mode, 0640U);
  EXPECT_EQ(back.start_took.count(), 7);
  EXPECT_FALSE(back.good);
}

TEST_F(Releases, BeginWithAnIdThatSortsAndNamesTheVersion) {
  const Release release = begin_release("feature/x y", "app");
  EXPECT_NE(release.id.find("-feature_x_y-"), std::string::npos);
  EXPECT_FALSE(release.user.empty());
  EXPECT_EQ(release.changed, release.started);
  EXPECT_TRUE(read_all(*store_, "").empty()) << "nothing is written";
}

TEST_F(Releases, AreListedInTheirOrderAndByTheirDatabase) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(put("v" + std::to_string(9 - i), State::confirmed).id);
  }
  Release other = make("v0", State::confirmed);
  other.database.name = "web";
  write(*store_, other);
  std::vector<std::string> listed;
  for (const Release& release : read_all(*store_, "app")) {
    listed.push_back(release.id);
  }
  EXPECT_EQ(listed, ids);
  EXPECT_EQ(read_all(*store_, "").size(), 6U);
}

TEST_F(Releases, ThatAreNotThereAreAMistakeOfUsage) {
  for (const std::string id : {"v1", "../known-good", "20261120T233015Z-v1-7f3a", ""}) {
    const ErrorInfo info = test::error_of([&] { (void)read(*store_, id); });
    EXPECT_EQ(info.code, "no_such_release") << id;
    EXPECT_EQ(info.exit, Exit::usage) << id;
  }
}

TEST_F(Releases, AreNotListedWithoutTheDamagedOnes) {
  put("v1", State::confirmed);
  const Release release = put("v2", State::confirmed);
  const std::string whole = test::content_of(record(release));
  std::string text = whole;
  text[text.find("confirmed")] = 'C';
  const base::Json document = to_json(release);
  base::Json other_state = document;
  other_state["state"] = "flying";
  base::Json other_kind = document;
  other_kind["files"] = 5;
  base::Json other_id = document;
  other_id["id"] = "20261120T233015Z-v1-7f3a";
  base::Json two_databases = document;
  two_databases["databases"].push_back(document["databases"][0]);
  for (const std::string& bad : {text, whole.substr(0, whole.size() / 2), std::string(), base::seal(other_state),
                                 base::seal(other_kind), base::seal(other_id), base::seal(two_databases)}) {
    test::put_content(record(release), bad);
    const ErrorInfo info = test::error_of([&] { (void)read_all(*store_, ""); });
    EXPECT_EQ(info.exit, Exit::damaged) << bad;
    EXPECT_NE(info.message.find(release.id), std::string::npos) << info.message;
  }
  test::put_content(record(release), whole);
  test::put_content(at("repository/releases/notes.txt"), "mine");
  EXPECT_EQ(read_all(*store_, "").size(), 2U);
}

TEST_F(Releases, AreCurrentUntilTheStateBeforeIsBack) {
  EXPECT_EQ(current(), "");
  put("v1", State::confirmed);
  put("v2", State::rolled_back);
  EXPECT_EQ(current(), "v1");
  put("v3", State::migrated);
  EXPECT_EQ(current(), "v3");
}

TEST_F(Releases, ThatEndedBadlyAreCurrentOnlyIfTheyBegan) {
  put("v1", State::confirmed);
  for (const State state : {State::started, State::failed, State::abandoned}) {
    Release release = put("v2", state, false);
    EXPECT_EQ(current(), "v1") << to_string(state);
    release.began = true;
    write(*store_, release);
    EXPECT_EQ(current(), "v2") << to_string(state);
    release.state = State::rolled_back;
    write(*store_, release);
    EXPECT_EQ(current(), "v1") << to_string(state);
  }
}

TEST_F(Releases, AreCurrentOneInEachDatabase) {
  const Release app = put("v1", State::confirmed);
  Release web = make("v2", State::confirmed);
  web.database.name = "web";
  put("v3", State::rolled_back);
  write(*store_, web);
  EXPECT_EQ(current_releases(read_all(*store_, "")), (std::set<std::string>{app.id, web.id}));
}

TEST_F(Releases, ConfirmedBeforeTheLastTwoKeepNoPins) {
  const Release first = put_pinned("v1", State::confirmed);
  const Release failed = put_pinned("v2", State::failed);
  const Release second = put_pinned("v3", State::confirmed);
  const Release third = put_pinned("v4", State::confirmed);
  ASSERT_TRUE(pinned(first));
  release_pins(*store_, "web");
  EXPECT_TRUE(pinned(first));
  release_pins(*store_, "app");
  EXPECT_FALSE(pinned(first));
  EXPECT_TRUE(pinned(failed)) << "never confirmed";
  EXPECT_TRUE(pinned(second));
  EXPECT_TRUE(pinned(third));
}

TEST_F(Releases, TouchNoPinThatSomebodyElseMade) {
  const Release release = put_pinned("v1", State::confirmed);
  store_->write_pin(release.database.snapshot, "audit");
  pin_snapshots(*store_, release);
  put("v2", State::confirmed);
  put("v3", State::confirmed);
  release_pins(*store_, "app");
  EXPECT_EQ(store_->read_pin(release.database.snapshot), "audit");
}

TEST_F(Releases, PinNoSnapshotThatIsGone) {
  Release release = make("v1", State::confirmed);
  release.database.snapshot = "20261120T233015Z-0001";
  pin_snapshots(*store_, release);
  EXPECT_FALSE(fs::exists(at("repository/snapshots/20261120T233015Z-0001")));
}

TEST_F(Releases, NameWhatTheyPin) {
  Release release = make("v1.4.2", State::started);
  release.id = "ID";
  EXPECT_EQ(pin_reason(release, false), "release v1.4.2 (ID)");
  EXPECT_EQ(pin_reason(release, true), "after release v1.4.2 (ID)");
}

}  // namespace
}  // namespace dbrollback::release
