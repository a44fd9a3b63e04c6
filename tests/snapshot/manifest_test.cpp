#include "engine/snapshot/manifest.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "tests/snapshot/example.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::snapshot {
namespace {

using base::Json;

SnapshotDetails example() {
  return test::example_details(
      8, {{.name = "data-0000.seg", .bytes = 1000, .frames = 2, .hash = "99aa06d3014798d86001c324468d497f"},
          {.name = "data-0001.seg", .bytes = 500, .frames = 1, .hash = "06b05ab6733a618578af5f94892f3950"}});
}

Json document() { return base::parse_json(manifest_to_text(example()), "the manifest"); }

SnapshotDetails read(const Json& json) { return manifest_from_text(base::to_text(json), "manifest.json"); }

ErrorInfo error_of(const Json& json) {
  return test::error_of([&] { (void)read(json); });
}

TEST(Manifest, GoesThereAndBack) {
  const SnapshotDetails out = manifest_from_text(manifest_to_text(example()), "manifest.json");
  EXPECT_EQ(manifest_to_text(out), manifest_to_text(example()));
  EXPECT_EQ(out.summary.id, test::example_id);
  EXPECT_EQ(out.summary.created, example().summary.created);
  EXPECT_EQ(out.tables.at(0).name, "orders \"x\"\n表");
  EXPECT_EQ(out.tables.at(0).key, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(out.checks.at(0).expect, "0");
  EXPECT_FALSE(out.checks.at(1).expect);
  EXPECT_EQ(out.left_out.at(0).object, "virtual table f");
}

TEST(Manifest, KeepsNamesAndValuesThatAreNotUtf8) {
  EXPECT_EQ(read(document()).tables.at(1).name, "not \xFF utf-8");
  EXPECT_EQ(read(document()).checks.at(1).value, "\xFF");
  EXPECT_EQ(document()["tables"][1]["name"], "not \xEF\xBF\xBD utf-8") << "for people";
  Json wrong = document();
  wrong["tables"][1]["name_hex"] = "xx";
  EXPECT_EQ(error_of(wrong).code, "damaged_manifest");
}

TEST(Manifest, AddsUpWhatItsListsSay) {
  const SnapshotSummary out = read(document()).summary;
  EXPECT_EQ(out.tables, 2U);
  EXPECT_EQ(out.rows, 8U);
  EXPECT_EQ(out.stored_bytes, 1500U);
  EXPECT_EQ(out.failed_checks, 1U);
}

TEST(Manifest, IsRefusedWithAnyFieldMissing) {
  const Json whole = document();
  const auto without = [&](const Json::json_pointer& parent, const std::string& key) {
    Json less = whole;
    less[parent].erase(key);
    EXPECT_EQ(error_of(less).exit, Exit::damaged) << parent << "/" << key;
  };
  for (const char* parent :
       {"", "/format", "/database", "/tables/0", "/tables/0/columns/0", "/checks/0", "/segments/0", "/left_out/0"}) {
    const Json::json_pointer pointer(parent);
    for (const auto& [key, value] : whole[pointer].items()) {
      // Null is nothing; and there are snapshots from before there were files and holders.
      if (key != "parent" && key != "mac" && key != "expect" && key != "files" && key != "holders") {
        without(pointer, key);
      }
    }
  }
}

TEST(Manifest, IsRefusedWithAFieldOfTheWrongKind) {
  const auto with = [](const char* pointer, const Json& value) {
    Json changed = document();
    changed[Json::json_pointer(pointer)] = value;
    EXPECT_EQ(error_of(changed).exit, Exit::damaged) << pointer << " as " << value;
  };
  with("/id", 5);
  with("/id", "../../etc");
  with("/created", "yesterday");
  with("/duration_ms", -1);
  with("/duration_ms", 1.5);
  with("/database", Json::array());
  with("/database/page_size", 511);
  with("/database/page_size", 0);
  with("/database/page_size", 131072);
  with("/database/page_count", 9);
  with("/database/page_count", 18446744073709551615U);
  with("/database/bytes", 4097);
  with("/tables", Json::object());
  with("/tables/0", "orders");
  with("/tables/0/rows", "7");
  with("/tables/0/key", Json::array({1}));
  with("/checks/0/ok", "yes");
  with("/segments/0/frames", nullptr);
  with("/segments/0/hash", "99AA06D3014798D86001C324468D497F");
  with("/segments/0/hash", "");
}

TEST(Manifest, ThatIsNoObjectIsRefused) {
  for (const char* text : {"", "[]", "null", "5", "\"manifest\"", "{}", "{\"format\": {}}", "{\"format\": 1"}) {
    EXPECT_EQ(test::error_of([&] { (void)manifest_from_text(text, "manifest.json"); }).exit, Exit::damaged) << text;
  }
}

TEST(Manifest, NamesNoSegmentOutsideItsFolder) {
  for (const char* name : {"../../etc/passwd", "../data-0000.seg", "/etc/passwd", "a/data-0000.seg", "..", ".", "",
                           "data-0000.seg/..", "data\\0000.seg", "data 0000.seg", "manifest.json", "proof.json"}) {
    Json hostile = document();
    hostile["segments"][0]["name"] = name;
    const ErrorInfo info = error_of(hostile);
    EXPECT_EQ(info.code, "unsafe_name") << name;
    EXPECT_EQ(info.exit, Exit::damaged);
    EXPECT_EQ(info.state, "nothing was read from or written to that place");
  }
}

TEST(Manifest, ShowsAHostileNameWithoutItsControlCharacters) {
  Json hostile = document();
  hostile["segments"][0]["name"] = "\x1B[2J.seg";
  EXPECT_EQ(error_of(hostile).message,
            "manifest.json names the segment '\\x1B[2J.seg', which is not a file of this snapshot's folder");
}

TEST(Manifest, OfANewerFormatIsNotCalledDamaged) {
  Json newer = document();
  newer["format"]["version"] = 2;
  EXPECT_EQ(error_of(newer).code, "newer_format");
  EXPECT_EQ(error_of(newer).exit, Exit::failed);
  EXPECT_EQ(error_of(newer).message, "manifest.json is of format 2; this program reads format 1");

  Json feature = document();
  feature["format"]["required"] = {"encryption", "par\x1B[ent"};
  EXPECT_EQ(error_of(feature).code, "newer_format");
  EXPECT_EQ(error_of(feature).message,
            "manifest.json is of format 1 with encryption, par\\x1B[ent; this program reads format 1");
}

TEST(Manifest, MayBeAnythingElseInANewerFormat) {
  const Json newer = {{"format", {{"name", "dbrollback snapshot"}, {"version", 2}, {"required", Json::array()}}}};
  EXPECT_EQ(error_of(newer).code, "newer_format");
}

TEST(Manifest, OfAnotherProgramIsRefused) {
  Json other = document();
  other["format"]["name"] = "something else";
  EXPECT_EQ(error_of(other).exit, Exit::damaged);
  other = document();
  other["format"]["version"] = 0;
  EXPECT_EQ(error_of(other).exit, Exit::damaged);
}

TEST(Manifest, MayHaveMembersThatNobodyHereKnows) {
  Json more = document();
  more["comment"] = "from a later version";
  more["tables"][0]["content_hash"] = "abc";
  EXPECT_EQ(manifest_to_text(read(more)), manifest_to_text(example()));
}

class PublishedManifest : public testing::Test {
 protected:
  PublishedManifest() { publish_manifest(store_, example()); }

  base::Bytes& object(std::string_view file) {
    return store_.objects().at(object_name(test::example_id, std::string(file)));
  }
  ErrorInfo error() {
    return test::error_of([&] { (void)read_manifest(store_, test::example_id); });
  }

  test::MemoryStore store_;
};

TEST_F(PublishedManifest, IsRead) {
  EXPECT_EQ(manifest_to_text(read_manifest(store_, test::example_id)), manifest_to_text(example()));
}

TEST_F(PublishedManifest, HasASumThatXxhsumCanCheck) {
  EXPECT_EQ(base::text_of(object(manifest_sum_file)),
            to_hex(base::xxh3_128(base::bytes_of(manifest_to_text(example())))) + "  manifest.json\n");
}

TEST_F(PublishedManifest, IsRefusedWithAnyFlippedByte) {
  for (const auto file : {manifest_file, manifest_sum_file}) {
    base::Bytes& bytes = object(file);
    for (std::byte& each : bytes) {
      each ^= std::byte{1};
      EXPECT_EQ(error().exit, Exit::damaged);
      each ^= std::byte{1};
    }
  }
}

TEST_F(PublishedManifest, IsRefusedWhenItIsCutOff) {
  object(manifest_file).resize(object(manifest_file).size() / 2);
  EXPECT_EQ(error().code, "damaged_manifest");
  EXPECT_NE(error().message.find("is cut off or damaged"), std::string::npos) << error().message;
}

TEST_F(PublishedManifest, IsRefusedWithoutItsSum) {
  store_.remove(object_name(test::example_id, "manifest.sum"));
  EXPECT_EQ(error().exit, Exit::damaged);
}

TEST_F(PublishedManifest, IsRefusedInAnotherSnapshotsFolder) {
  const std::string other = "20261120T233015Z-v1.4.2-0000";
  for (const auto file : {manifest_file, manifest_sum_file}) {
    store_.objects()[object_name(other, std::string(file))] = object(file);
  }
  const ErrorInfo info = test::error_of([&] { (void)read_manifest(store_, other); });
  EXPECT_EQ(info.exit, Exit::damaged);
  EXPECT_NE(info.message.find("belongs to another snapshot"), std::string::npos) << info.message;
}

}  // namespace
}  // namespace dbrollback::snapshot
