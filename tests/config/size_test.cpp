#include "engine/config/size.hpp"

#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

class Size : public ConfigTest {};

TEST_F(Size, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_size("0B"), 0U);
  EXPECT_EQ(parse_size("7B"), 7U);
  EXPECT_EQ(parse_size("512kB"), 512'000U);
  EXPECT_EQ(parse_size("512KB"), 512'000U);
  EXPECT_EQ(parse_size("50MB"), 50'000'000U);
  EXPECT_EQ(parse_size("2GB"), 2'000'000'000U);
  EXPECT_EQ(parse_size("1000TB"), 1'000'000'000'000'000U);
  EXPECT_EQ(parse_size("1KiB"), 1024U);
  EXPECT_EQ(parse_size("64MiB"), 64U << 20U);
  EXPECT_EQ(parse_size("1GiB"), 1U << 30U);
  EXPECT_EQ(parse_size("909TiB"), 909ULL << 40U);
}

TEST_F(Size, OfAnyOtherFormIsRefused) {
  for (const char* text : {"", "50", "MB", "50 MB", " 50MB", "50MB ", "-1MB", "+1MB", "1.5GB", "50mb", "50M", "50Mb",
                           "50MB/s", "1e3B", "0x5B", "50kiB"}) {
    const ErrorInfo info = error_of([&] { (void)parse_size(text); });
    EXPECT_EQ(info.code, "bad_size");
    EXPECT_EQ(info.exit, Exit::usage);
    EXPECT_EQ(info.message, std::string("\"") + text +
                                "\" is not a size; write a whole number and a unit: 512kB, 50MB, 2GB, 64MiB or 1GiB");
  }
}

TEST_F(Size, OfMoreThanAThousandTerabytesIsRefused) {
  for (const char* text :
       {"1001TB", "910TiB", "1000000000000001B", "18446744073709551615TB", "99999999999999999999B"}) {
    EXPECT_EQ(error_of([&] { (void)parse_size(text); }).message,
              std::string("\"") + text + "\" is too large; write at most 1000TB");
  }
}

}  // namespace
}  // namespace dbrollback::config_test
