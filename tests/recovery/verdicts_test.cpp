// Verdicts of rehearsals, kept for the ways back that come later.
#include "engine/recovery/verdicts.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::recovery {
namespace {

namespace fs = std::filesystem;

schema::Migration migration(const std::string& up, const std::string& down) {
  schema::Migration out;
  out.version = "1";
  out.name = "1_add_email";
  out.up = {.file = "1.sql", .text = up};
  out.down = schema::Script{.file = "1.sql", .text = down};
  return out;
}

Rehearsal lossy() {
  return {.version = "2",
          .name = "2_drop_email \"x\"",
          .verdict = Rehearsal::Verdict::lossy,
          .losses = {{.object = "table users, column email", .problem = "3 rows lost", .rows = 3},
                     {.object = "index users_email", .problem = "does not come back", .rows = 0}},
          .problem = "",
          .up = std::chrono::milliseconds(1500),
          .down = std::chrono::milliseconds(20)};
}

class Verdicts : public test::InFolder {
 protected:
  Verdicts() : store_(repository::Store::create(at("repository"), "")) {}

  [[nodiscard]] fs::path record() const { return at("repository/rehearsals") / (hash_ + ".json"); }
  void keep(const Rehearsal& rehearsal) { keep_verdict(*store_, hash_, rehearsal, "app", "S"); }
  [[nodiscard]] bool is_found() { return find_verdict(*store_, hash_).has_value(); }
  // What was kept, with `name` as another value.
  void put_with(const std::string& name, const base::Json& value) {
    keep(lossy());
    base::Json document = base::unseal(test::content_of(record()), "");
    document[name] = value;
    write_object(store_->objects(), "rehearsals/" + hash_ + ".json", base::bytes_of(base::seal(document)));
  }

  std::unique_ptr<repository::Store> store_;
  std::string hash_ = scripts_hash(migration("a", "b"));
};

TEST(ScriptsHash, IsThatOfBothScriptsAndOfNothingElse) {
  const std::string hash = scripts_hash(migration("ALTER TABLE u ADD x", "ALTER TABLE u DROP x"));
  EXPECT_EQ(hash.size(), 32U);
  schema::Migration other = migration("ALTER TABLE u ADD x", "ALTER TABLE u DROP x");
  other.version = "7";
  other.name = "renamed";
  EXPECT_EQ(scripts_hash(other), hash);
  EXPECT_NE(scripts_hash(migration("ALTER TABLE u ADD y", "ALTER TABLE u DROP x")), hash);
  EXPECT_NE(scripts_hash(migration("ALTER TABLE u ADD x", "ALTER TABLE u DROP y")), hash);
  EXPECT_NE(scripts_hash(migration("ALTER TABLE u DROP x", "ALTER TABLE u ADD x")), hash);
  other.down.reset();
  EXPECT_NE(scripts_hash(other), hash);
}

TEST_F(Verdicts, AreReadBackWhole) {
  EXPECT_FALSE(is_found()) << "before anybody rehearsed it";
  keep(lossy());
  const Rehearsal read = find_verdict(*store_, hash_).value();
  EXPECT_EQ(read.version, "2");
  EXPECT_EQ(read.name, "2_drop_email \"x\"");
  EXPECT_EQ(read.verdict, Rehearsal::Verdict::lossy);
  ASSERT_EQ(read.losses.size(), 2U);
  EXPECT_EQ(read.losses[0].object, "table users, column email");
  EXPECT_EQ(read.losses[0].problem, "3 rows lost");
  EXPECT_EQ(read.losses[0].rows, 3U);
  EXPECT_EQ(read.losses[1].rows, 0U);
  EXPECT_EQ(read.up.count(), 1500);
  EXPECT_EQ(read.down.count(), 20);
  EXPECT_FALSE(find_verdict(*store_, scripts_hash(migration("a", "c")))) << "which nobody rehearsed";
}

TEST_F(Verdicts, AreEachOfTheThree) {
  for (const auto verdict :
       {Rehearsal::Verdict::lossless, Rehearsal::Verdict::lossy, Rehearsal::Verdict::no_way_back}) {
    Rehearsal rehearsal = lossy();
    rehearsal.verdict = verdict;
    rehearsal.problem = "why";
    keep(rehearsal);
    EXPECT_EQ(find_verdict(*store_, hash_).value().verdict, verdict) << "and the last one counts";
    EXPECT_EQ(find_verdict(*store_, hash_).value().problem, "why");
  }
}

TEST_F(Verdicts, ThatAreDamagedAreNone) {
  keep(lossy());
  const std::string whole = test::content_of(record());
  std::string changed = whole;
  changed[changed.find("lossy")] = 'L';
  for (const std::string& bad : {changed, whole.substr(0, whole.size() / 2), std::string(), std::string("{}")}) {
    test::put_content(record(), bad);
    EXPECT_FALSE(is_found()) << bad;
  }
  test::put_content(record(), whole);
  EXPECT_TRUE(is_found());
  for (const auto& [name, value] : std::vector<std::pair<std::string, base::Json>>{
           {"version", 5}, {"verdict", nullptr}, {"losses", {{{"object", "t"}}}}, {"losses", 5}, {"up_ms", "x"}}) {
    put_with(name, value);
    EXPECT_FALSE(is_found()) << name;
  }
}

// Of a newer dbrollback: nobody may take it for one that brings everything back.
TEST_F(Verdicts, ThatNobodyKnowsAreNoWayBack) {
  put_with("verdict", "mostly harmless");
  EXPECT_EQ(find_verdict(*store_, hash_).value().verdict, Rehearsal::Verdict::no_way_back);
}

}  // namespace
}  // namespace dbrollback::recovery
