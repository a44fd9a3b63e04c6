// Every damage that a small snapshot can take is found: each byte flipped, each length cut, each file deleted,
// exchanged, doubled, or put in from another snapshot. For a snapshot that stands alone and for one that refers to it.

#include <iostream>
#include <optional>

#include "engine/base/text.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/verify_stored.hpp"
#include "tests/snapshot/captured.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::snapshot {
namespace {

using test::Captured;

std::vector<Finding> everything_found(storage::ObjectStore& store, const std::string& id) {
  StoredCheck check = verify_stored(store, id, [](std::uint64_t) {});
  check.damage.insert(check.damage.end(), check.beside.begin(), check.beside.end());
  return check.damage;
}

class Damage : public testing::Test {
 protected:
  Damage() : captured_(3000) {
    test::fill(captured_, 20);
    first_ = captured_.take().summary.id;
    captured_.sql("UPDATE t SET v = 'other' WHERE id = 3");
    second_ = captured_.take(first_).summary.id;
    captured_.sql("UPDATE t SET v = 'another' WHERE id = 9");
    other_ = captured_.take(first_).summary.id;
    whole_ = captured_.store.objects();
  }
  ~Damage() override {
    std::cout << "damage tried: " << tried_ << ", found: " << found_ << "\n";
    EXPECT_EQ(found_, tried_);
  }

  static bool belongs(const std::string& name, const std::string& id) { return name.starts_with(object_name(id, "")); }

  // What must hurt `id`: its own files, and the segments that it refers to.
  std::vector<std::string> files_of(const std::string& id) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : whole_) {
      if (belongs(name, id)) {
        names.push_back(name);
      }
    }
    return names;
  }

  // Damages with `change`, expects that it is found, and puts everything back.
  template <class Change>
  void expect_found(const std::string& id, const std::string& what, Change change) {
    auto& objects = captured_.store.objects();
    change(objects);
    ++tried_;
    std::optional<std::size_t> findings;
    try {
      const auto damage = everything_found(captured_.store, id);
      findings = damage.size();
      for (const auto& finding : damage) {
        EXPECT_FALSE(finding.object.empty()) << what;
        EXPECT_FALSE(finding.problem.empty()) << what;
      }
    } catch (const Error& error) {
      ADD_FAILURE() << what << " ends the verification instead of being found: " << error.what();
    }
    if (findings.value_or(0) > 0) {
      ++found_;
    } else {
      ADD_FAILURE() << what << " of " << id << " is not found";
    }
    objects = whole_;
  }

  Captured captured_;
  std::string first_;
  std::string second_;
  std::string other_;
  std::map<std::string, base::Bytes> whole_;
  std::size_t tried_ = 0;
  std::size_t found_ = 0;
};

TEST_F(Damage, OfASingleByteIsFound) {
  for (const auto& id : {first_, second_}) {
    for (const auto& name : files_of(id)) {
      for (std::size_t at = 0; at < whole_[name].size(); ++at) {
        expect_found(id, base::cat("byte ", at, " of ", name),
                     [&](auto& objects) { objects[name][at] ^= std::byte{static_cast<unsigned char>(1U << at % 8)}; });
      }
    }
  }
}

TEST_F(Damage, OfALengthIsFound) {
  for (const auto& id : {first_, second_}) {
    for (const auto& name : files_of(id)) {
      for (std::size_t size = 0; size < whole_[name].size(); ++size) {
        expect_found(id, base::cat(name, " cut to ", size), [&](auto& objects) { objects[name].resize(size); });
      }
      for (const std::size_t more : {1U, 64U, 5000U}) {
        expect_found(id, base::cat(name, " with more"),
                     [&](auto& objects) { objects[name].resize(objects[name].size() + more); });
      }
    }
  }
}

TEST_F(Damage, OfAFileThatIsDeletedIsFound) {
  for (const auto& id : {first_, second_}) {
    for (const auto& name : files_of(id)) {
      expect_found(id, name + " deleted", [&](auto& objects) { objects.erase(name); });
    }
  }
}

TEST_F(Damage, OfFilesThatChangedPlacesIsFound) {
  for (const auto& id : {first_, second_}) {
    for (const auto& a : files_of(id)) {
      for (const auto& [b, bytes] : whole_) {
        if (a != b && whole_[a] != bytes) {
          expect_found(id, base::cat(a, " and ", b, " exchanged"),
                       [&](auto& objects) { std::swap(objects[a], objects[b]); });
        }
      }
    }
  }
}

TEST_F(Damage, OfAFileOfAnotherSnapshotInItsPlaceIsFound) {
  for (const auto& id : {first_, second_}) {
    for (const auto& name : files_of(id)) {
      for (const auto& [other, bytes] : whole_) {
        if (!belongs(other, id) && whole_[name] != bytes) {
          expect_found(id, base::cat(other, " in the place of ", name), [&](auto& objects) { objects[name] = bytes; });
        }
      }
    }
  }
}

TEST_F(Damage, OfAFileThatIsThereTwiceIsFound) {
  for (const auto& id : {first_, second_}) {
    for (const auto& [name, bytes] : whole_) {
      for (const char* extra : {"data-0009.seg", "pages.map.old", "x", "below/data-0000.seg"}) {
        expect_found(id, base::cat(name, " again as ", extra),
                     [&](auto& objects) { objects[object_name(id, extra)] = bytes; });
      }
    }
  }
}

// What the holder has and the one that refers to it does not need may well be damaged; what it needs may not.
TEST_F(Damage, OfTheSegmentsOfAHolderIsFoundOrHurtsNobody) {
  const base::Bytes pages = captured_.pages_of(second_);
  for (const auto& name : files_of(first_)) {
    if (!name.ends_with(".seg")) {
      continue;
    }
    for (std::size_t at = 0; at < whole_[name].size(); ++at) {
      captured_.store.objects()[name][at] ^= std::byte{0x10};
      ++tried_;
      if (!verify_stored(captured_.store, second_, [](std::uint64_t) {}).damage.empty() ||
          captured_.pages_of(second_) == pages) {
        ++found_;
      }
      captured_.store.objects()[name] = whole_[name];
    }
    expect_found(second_, name + " deleted", [&](auto& objects) { objects.erase(name); });
  }
}

}  // namespace
}  // namespace dbrollback::snapshot
