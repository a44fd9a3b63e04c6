// Files and folders that are kept with releases.
#include "engine/release/kept_files.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/document.hpp"
#include "engine/base/file.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::release {
namespace {

namespace fs = std::filesystem;

class KeptFile : public test::InFolder {
 protected:
  KeptFile() : store_(repository::Store::create(at("repository"), "")), kept_(*store_) {}

  std::string keep(const std::string& text) { return kept_.keep(base::bytes_of(text)); }
  [[nodiscard]] std::string back(const std::string& hash) const {
    const base::Bytes bytes = kept_.read(hash);
    return std::string(base::text_of(bytes));
  }
  [[nodiscard]] fs::path object(const std::string& hash) const { return at("repository/kept") / hash; }
  // A list of files that nobody of ours would write.
  std::string list_with(const std::string& path) {
    return keep(base::seal({{"files", {{{"path", path}, {"hash", keep("x")}}}}}));
  }

  std::unique_ptr<repository::Store> store_;
  KeptFiles kept_;
};

TEST_F(KeptFile, IsItsHash) {
  EXPECT_EQ(keep(""), "99aa06d3014798d86001c324468d497f");
  const std::string text = std::string("a\0b\xff", 4) + std::string(100000, 'x');
  const std::string hash = keep(text);
  EXPECT_EQ(back(hash), text);
  EXPECT_EQ(back("99aa06d3014798d86001c324468d497f"), "");
  EXPECT_LT(fs::file_size(object(hash)), 1000U) << "compressed";
  EXPECT_EQ(fs::status(object(hash)).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(KeptFile, IsThereOnce) {
  const std::string hash = keep("SECRET=1\n");
  const auto written = fs::last_write_time(object(hash));
  EXPECT_EQ(keep("SECRET=1\n"), hash);
  EXPECT_EQ(fs::last_write_time(object(hash)), written);
  EXPECT_EQ(base::list_folder(at("repository/kept")).size(), 1U);
}

TEST_F(KeptFile, IsNotTakenForAnotherOfItsName) {
  const std::string hash = keep("up;");
  const std::string other = keep("down;");
  fs::copy_file(object(other), object(hash), fs::copy_options::overwrite_existing);
  EXPECT_EQ(test::error_of([&] { (void)keep("up;"); }).exit, Exit::damaged);
  EXPECT_EQ(test::error_of([&] { (void)kept_.read(hash); }).exit, Exit::damaged);
}

TEST_F(KeptFile, ThatIsDamagedOrMissingIsAnError) {
  const std::string hash = keep("up;");
  const std::string whole = test::content_of(object(hash));
  for (const std::string& bad : {std::string(), whole.substr(0, whole.size() - 1), std::string("up;")}) {
    test::put_content(object(hash), bad);
    EXPECT_EQ(test::error_of([&] { (void)kept_.read(hash); }).code, "damaged_kept_file");
    EXPECT_EQ(test::error_of([&] { (void)keep("up;"); }).exit, Exit::damaged);
  }
  for (const std::string name : {"00000000000000000000000000000000", "", "../dbrollback.repository"}) {
    EXPECT_EQ(test::error_of([&] { (void)kept_.read(name); }).exit, Exit::damaged) << name;
  }
}

TEST_F(KeptFile, MayBeAFolder) {
  const std::string hash = kept_.keep_folder({{.path = "2_b/up.sql", .text = "up 2"},
                                              {.path = "1_a.sql", .text = "up 1"},
                                              {.path = "2_b/down.sql", .text = ""}});
  EXPECT_EQ(kept_.keep_folder({{.path = "1_a.sql", .text = "up 1"},
                               {.path = "2_b/down.sql", .text = ""},
                               {.path = "2_b/up.sql", .text = "up 2"}}),
            hash)
      << "in whatever order";
  fs::create_directories(at("out"));
  kept_.write_folder(hash, at("out"));
  EXPECT_EQ(test::content_of(at("out/2_b/up.sql")), "up 2");
  EXPECT_EQ(test::content_of(at("out/2_b/down.sql")), "");
  EXPECT_EQ(test::content_of(at("out/1_a.sql")), "up 1");
  EXPECT_EQ(fs::status(at("out/1_a.sql")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(at("out/2_b")).permissions(), fs::perms::owner_all);
  EXPECT_EQ(base::list_folder(at("out")).size(), 2U);
}

TEST_F(KeptFile, OfAFolderLeadsNowhereElse) {
  fs::create_directories(at("out"));
  for (const std::string& path : {std::string("../x"), std::string("a/../../x"), at("x").native(), std::string(),
                                  std::string("."), std::string("a/./b"), std::string("a/"), std::string("a\0b", 3)}) {
    const std::string hash = list_with(path);
    EXPECT_EQ(test::error_of([&] { kept_.write_folder(hash, at("out")); }).exit, Exit::damaged) << path;
    EXPECT_EQ(test::error_of([&] { (void)kept_.keep_folder({{.path = path, .text = ""}}); }).code, "bad_path") << path;
  }
  EXPECT_TRUE(base::list_folder(at("out")).empty());
  EXPECT_FALSE(fs::exists(at("x")));
  EXPECT_EQ(test::error_of([&] { kept_.write_folder(keep("up;"), at("out")); }).exit, Exit::damaged) << "no list";
}

TEST_F(KeptFile, IsWrittenOverNothing) {
  const std::string hash = kept_.keep_folder({{.path = "a", .text = "new"}});
  fs::create_directories(at("out"));
  fs::create_symlink(at("elsewhere"), at("out/a"));
  EXPECT_NE(test::error_of([&] { kept_.write_folder(hash, at("out")); }).code, "");
  EXPECT_FALSE(fs::exists(at("elsewhere")));
}

}  // namespace
}  // namespace dbrollback::release
