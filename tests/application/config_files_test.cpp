// Configuration files are kept whole, and put back as they were.
#include "engine/application/config_files.hpp"

#include "engine/base/permissions.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::application {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using ConfigFilesTest = test::InFolder;

TEST_F(ConfigFilesTest, ArePutBackWithTheirMode) {
  test::put_content(at(".env"), "A=1\n");
  fs::permissions(at(".env"), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  const auto kept = read_config_files({at(".env"), at("none")});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].mode, 0640U);
  EXPECT_FALSE(put_back(kept[0])) << "it is the same";
  test::put_content(at(".env"), "A=22222\n");
  fs::permissions(at(".env"), fs::perms::owner_all);
  EXPECT_TRUE(put_back(kept[0]));
  EXPECT_EQ(test::content_of(at(".env")), "A=1\n");
  EXPECT_EQ(base::permissions_of(at(".env")), 0640U);
  fs::remove(at(".env"));
  EXPECT_TRUE(put_back(kept[0]));
  EXPECT_EQ(test::content_of(at(".env")), "A=1\n");
  EXPECT_EQ(base::permissions_of(at(".env")), 0640U);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder()), fs::directory_iterator()), 1);
}

TEST_F(ConfigFilesTest, ALinkStaysOne) {
  test::put_content(at("real"), "A=1\n");
  fs::create_symlink("real", at("link"));
  const auto kept = read_config_files({at("link")});
  test::put_content(at("real"), "A=2\n");
  EXPECT_TRUE(put_back(kept.at(0)));
  EXPECT_TRUE(fs::is_symlink(at("link")));
  EXPECT_EQ(test::content_of(at("real")), "A=1\n");
}

TEST_F(ConfigFilesTest, WhatIsNoFileIsRefused) {
  EXPECT_EQ(error_of([&] { (void)read_config_files({folder()}); }).code, "not_a_file");
  test::put_content(at("big"), "");
  fs::resize_file(at("big"), (16U << 20U) + 1);
  EXPECT_EQ(error_of([&] { (void)read_config_files({at("big")}); }).code, "too_large");
}

}  // namespace
}  // namespace dbrollback::application
