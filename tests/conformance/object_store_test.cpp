// What every object store must do. A new one is added to `Stores` at the end.
#include "engine/storage/object_store.hpp"

#include <thread>

#include "engine/storage/local/local_store.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::storage {
namespace {

template <class Make>
class ObjectStores : public test::InFolder {
 protected:
  ObjectStores() : store_(Make()(at("store"))) {}

  void write(const std::string& name, std::string_view text) { write_object(*store_, name, base::bytes_of(text)); }
  [[nodiscard]] std::optional<std::string> read(const std::string& name) { return read_object(*store_, name, 1000); }
  [[nodiscard]] std::vector<std::string> names(const std::string& prefix) {
    std::vector<std::string> out;
    for (const auto& object : store_->list(prefix)) {
      out.push_back(object.name);
    }
    return out;
  }

  std::unique_ptr<ObjectStore> store_;
};

using Names = std::vector<std::string>;

TYPED_TEST_SUITE_P(ObjectStores);

TYPED_TEST_P(ObjectStores, GiveBackWhatWasPut) {
  this->write("snapshots/a/data-0000.seg", "hello");
  EXPECT_EQ(this->read("snapshots/a/data-0000.seg"), "hello");
  this->write("empty", "");
  EXPECT_EQ(this->read("empty"), "");
}

TYPED_TEST_P(ObjectStores, HaveNothingOfThatName) {
  EXPECT_EQ(this->store_->open("absent"), nullptr);
  EXPECT_FALSE(this->store_->stat("absent"));
  EXPECT_FALSE(this->read("a/b/absent"));
  EXPECT_TRUE(this->store_->list("absent/").empty());
  EXPECT_TRUE(this->store_->list_folders("absent/").empty());
}

TYPED_TEST_P(ObjectStores, ShowAnObjectOnlyOnceItIsCommitted) {
  const auto writer = this->store_->put("a/object");
  writer->write(base::bytes_of("first "));
  EXPECT_FALSE(this->read("a/object"));
  EXPECT_TRUE(this->names("").empty());
  writer->write(base::bytes_of("second"));
  writer->commit();
  EXPECT_EQ(this->read("a/object"), "first second");
  EXPECT_EQ(this->names(""), Names{"a/object"});
}

TYPED_TEST_P(ObjectStores, LeaveNothingOfAnObjectThatWasNotCommitted) {
  this->write("a/object", "old");
  {
    const auto writer = this->store_->put("a/object");
    writer->write(base::bytes_of("new"));
  }
  EXPECT_EQ(this->read("a/object"), "old");
  EXPECT_EQ(this->names(""), Names{"a/object"});
}

TYPED_TEST_P(ObjectStores, ReplaceAnObjectAsAWhole) {
  this->write("object", "a long old content");
  const auto reader = this->store_->open("object");
  this->write("object", "new");
  EXPECT_EQ(this->read("object"), "new");
  base::Bytes into(18);
  ASSERT_EQ(reader->read_at(0, into), 18U) << "who has it open goes on reading what he opened";
  EXPECT_EQ(base::text_of(into), "a long old content");
}

TYPED_TEST_P(ObjectStores, LetTheLastOfTwoWritersWin) {
  const auto first = this->store_->put("object");
  const auto second = this->store_->put("object");
  first->write(base::bytes_of("first"));
  second->write(base::bytes_of("second"));
  second->commit();
  first->commit();
  EXPECT_EQ(this->read("object"), "first");
}

TYPED_TEST_P(ObjectStores, CreateAnObjectOnlyIfItIsAbsent) {
  EXPECT_TRUE(this->store_->put_if_absent("databases/app.json", base::bytes_of("first")));
  EXPECT_FALSE(this->store_->put_if_absent("databases/app.json", base::bytes_of("second")));
  EXPECT_EQ(this->read("databases/app.json"), "first");
  EXPECT_EQ(this->names(""), Names{"databases/app.json"});
}

TYPED_TEST_P(ObjectStores, ReadRanges) {
  this->write("object", "0123456789");
  const auto reader = this->store_->open("object");
  ASSERT_NE(reader, nullptr);
  EXPECT_EQ(reader->size(), 10U);
  base::Bytes into(4);
  EXPECT_EQ(reader->read_at(3, into), 4U);
  EXPECT_EQ(base::text_of(into), "3456");
  EXPECT_EQ(reader->read_at(8, into), 2U);
  EXPECT_EQ(reader->read_at(10, into), 0U);
  EXPECT_EQ(reader->read_at(1'000'000, into), 0U);
}

TYPED_TEST_P(ObjectStores, ReadFromSeveralThreadsAtOnce) {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += std::to_string(i % 10);
  }
  this->write("object", text);
  const auto reader = this->store_->open("object");
  std::vector<std::jthread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      base::Bytes into(10);
      for (std::uint64_t i = thread; i < 990; i += 4) {
        EXPECT_EQ(reader->read_at(i, into), 10U);
        EXPECT_EQ(base::text_of(into), std::string_view(text).substr(i, 10));
      }
    });
  }
}

TYPED_TEST_P(ObjectStores, WriteFromSeveralThreadsAtOnce) {
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 20; ++i) {
          const std::string name = "a/" + std::to_string(thread * 20 + i);
          this->write(name, name);
          EXPECT_EQ(this->read(name), name);
        }
      });
    }
  }
  EXPECT_EQ(this->names("a/").size(), 80U);
}

TYPED_TEST_P(ObjectStores, SayTheSizeOfAnObject) {
  this->write("a/object", "12345");
  const auto stat = this->store_->stat("a/object");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->name, "a/object");
  EXPECT_EQ(stat->size, 5U);
  EXPECT_FALSE(this->store_->stat("a")) << "a part of a name is no object";
  EXPECT_EQ(this->store_->open("a"), nullptr);
}

TYPED_TEST_P(ObjectStores, ListSortedByName) {
  for (const char* name : {"b/2", "a", "b/10", "b/c/d", "bb", "b-"}) {
    this->write(name, "x");
  }
  EXPECT_EQ(this->names(""), (Names{"a", "b-", "b/10", "b/2", "b/c/d", "bb"}));
  EXPECT_EQ(this->names("b/"), (Names{"b/10", "b/2", "b/c/d"}));
  EXPECT_EQ(this->names("b/c/"), Names{"b/c/d"});
}

TYPED_TEST_P(ObjectStores, ListTheNextPartsOfNames) {
  for (const char* name : {"snapshots/b/manifest.json", "snapshots/a/data-0000.seg", "snapshots/a/manifest.json",
                           "snapshots/a/deep/er", "snapshots/file", "marker"}) {
    this->write(name, "x");
  }
  EXPECT_EQ(this->store_->list_folders("snapshots/"), (Names{"a", "b"}));
  EXPECT_EQ(this->store_->list_folders(""), Names{"snapshots"});
}

TYPED_TEST_P(ObjectStores, RemoveOneObject) {
  this->write("a/one", "x");
  this->write("a/two", "x");
  this->store_->remove("a/one");
  EXPECT_EQ(this->names(""), Names{"a/two"});
  EXPECT_NO_THROW(this->store_->remove("a/one")) << "gone is gone";
}

TYPED_TEST_P(ObjectStores, RemoveEverythingBelowAPrefix) {
  this->write("a/one", "x");
  this->write("a/b/two", "x");
  this->write("ab/three", "x");
  const auto unfinished = this->store_->put("a/four");
  this->store_->remove_all("a/");
  EXPECT_EQ(this->names(""), Names{"ab/three"});
  EXPECT_EQ(this->store_->list_folders(""), Names{"ab"});
  EXPECT_NO_THROW(this->store_->remove_all("a/"));
}

TYPED_TEST_P(ObjectStores, RefuseNamesThatLeadOutside) {
  for (const std::string name : {"", "/", "/etc/passwd", "..", "../outside", "a/../../outside", "a//b", "a/", "./a",
                                 "a/.", "a b", "a\nb", "a\\b", "\xC3\xA9"}) {
    EXPECT_EQ(test::error_of([&] { (void)this->store_->put(name); }).code, "unsafe_name") << name;
    EXPECT_EQ(test::error_of([&] { (void)this->store_->open(name); }).exit, Exit::damaged) << name;
    EXPECT_EQ(test::error_of([&] { (void)this->store_->stat(name); }).exit, Exit::damaged) << name;
    EXPECT_EQ(test::error_of([&] { (void)this->store_->put_if_absent(name, {}); }).exit, Exit::damaged) << name;
    EXPECT_EQ(test::error_of([&] { this->store_->remove(name); }).exit, Exit::damaged) << name;
  }
  EXPECT_EQ(test::error_of([&] { this->store_->remove_all("../"); }).exit, Exit::damaged);
}

TYPED_TEST_P(ObjectStores, TakeEveryNameThatTheFormatWrites) {
  for (const char* name : {"dbrollback.repository", "snapshots/20261120T233015Z-v1.4.2_x-7f3a/data-0000.seg",
                           "databases/%e3%83%87.json", "runs/20261120T233015Z-snapshot-7f3a.json"}) {
    this->write(name, name);
    EXPECT_EQ(this->read(name), name);
  }
}

TYPED_TEST_P(ObjectStores, RefuseASmallObjectThatIsTooLarge) {
  this->write("object", std::string(1001, 'x'));
  EXPECT_EQ(test::error_of([&] { (void)this->read("object"); }).code, "too_large");
}

TYPED_TEST_P(ObjectStores, NameAnObjectForPeople) {
  EXPECT_NE(this->store_->describe("a/object").find("a/object"), std::string::npos);
  EXPECT_GT(this->store_->segment_bytes(), 0U);
}

TYPED_TEST_P(ObjectStores, TellAnUnfinishedObjectFromNone) {
  EXPECT_FALSE(this->store_->is_unfinished("a/object"));
  {
    const auto writer = this->store_->put("a/object");
    EXPECT_TRUE(this->store_->is_unfinished("a/object"));
    EXPECT_FALSE(this->store_->is_unfinished("a/obj"));
  }
  EXPECT_FALSE(this->store_->is_unfinished("a/object"));
  this->write("a/object", "x");
  EXPECT_FALSE(this->store_->is_unfinished("a/object"));
  this->store_->withdraw("a/object");
  EXPECT_TRUE(this->store_->is_unfinished("a/object"));
  EXPECT_FALSE(this->read("a/object"));
  EXPECT_TRUE(this->names("").empty());
  this->store_->withdraw("a/object");
  this->store_->withdraw("a/absent");
  EXPECT_FALSE(this->store_->is_unfinished("a/absent"));
  this->write("a/other", "x");
  this->store_->remove_unfinished("a/");
  EXPECT_FALSE(this->store_->is_unfinished("a/object"));
  EXPECT_EQ(this->names(""), Names{"a/other"});
}

REGISTER_TYPED_TEST_SUITE_P(ObjectStores, GiveBackWhatWasPut, HaveNothingOfThatName, ShowAnObjectOnlyOnceItIsCommitted,
                            LeaveNothingOfAnObjectThatWasNotCommitted, ReplaceAnObjectAsAWhole,
                            LetTheLastOfTwoWritersWin, CreateAnObjectOnlyIfItIsAbsent, ReadRanges,
                            ReadFromSeveralThreadsAtOnce, WriteFromSeveralThreadsAtOnce, SayTheSizeOfAnObject,
                            ListSortedByName, ListTheNextPartsOfNames, RemoveOneObject, RemoveEverythingBelowAPrefix,
                            TellAnUnfinishedObjectFromNone, RefuseNamesThatLeadOutside,
                            TakeEveryNameThatTheFormatWrites, RefuseASmallObjectThatIsTooLarge, NameAnObjectForPeople);

struct Local {
  std::unique_ptr<ObjectStore> operator()(const base::fs::path& folder) const {
    base::make_folder(folder, 0700);
    return std::make_unique<LocalStore>(folder, Permissions{});
  }
};

// The tests' own, so that what they say of a store in memory holds for others too.
struct Memory {
  std::unique_ptr<ObjectStore> operator()(const base::fs::path& /*folder*/) const {
    return std::make_unique<test::MemoryStore>();
  }
};

using Stores = testing::Types<Local, Memory>;
INSTANTIATE_TYPED_TEST_SUITE_P(Every, ObjectStores, Stores);

}  // namespace
}  // namespace dbrollback::storage
