// Rows as bytes, and content hashes, as docs/format.md specifies them. The hashes are what `xxhsum -H2` prints for the
// bytes that the specification gives.
#include "engine/database/sqlite/rows.hpp"

#include <bit>
#include <limits>

#include "tests/support/unit.hpp"

namespace dbrollback::database::sqlite {
namespace {

using base::Bytes;
using base::put;

class Rows : public testing::Test {
 protected:
  base::Hash128 hash_of(const std::string& values) {
    Statement row(connection_, "SELECT " + values);
    EXPECT_TRUE(row.step());
    return RowHasher().hash(row, 0, row.columns());
  }
  Content content(const std::string& rows) {
    connection_.execute("DROP TABLE IF EXISTS t; CREATE TABLE t(a, b); INSERT INTO t VALUES " + rows);
    return content_of(connection_, table());
  }
  static schema::Table table() {
    const schema::Column a{.name = "a", .type = "", .not_null = false, .default_value = {}, .generated = false};
    schema::Column b = a;
    b.name = "b";
    return {.name = "t", .columns = {a, b}, .key = {}};
  }

  Connection connection_{":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, std::chrono::seconds(1)};
};

TEST_F(Rows, HaveTheHashesOfTheSpecification) {
  EXPECT_EQ(to_hex(hash_of("1, 'hello', 2.5, x'00ff'")), "eac13872a954f0c9904b23ff042f4dc4");
  EXPECT_EQ(to_hex(hash_of("2, 'Grüße', NULL, NULL")), "870945888e578eba846e8685fff4d806");
  EXPECT_EQ(to_hex(hash_of("-9223372036854775808, '', 0.0, x''")), "1b730cb4e9cf1df09c0a5dcf32a8e80e");
}

TEST_F(Rows, AreHashedFromTheBytesOfTheSpecification) {
  Bytes bytes;
  put(bytes, std::uint8_t{0});
  put(bytes, std::uint8_t{1});
  put(bytes, std::bit_cast<std::uint64_t>(std::int64_t{-7}));
  put(bytes, std::uint8_t{2});
  put(bytes, std::bit_cast<std::uint64_t>(-std::numeric_limits<double>::infinity()));
  put(bytes, std::uint8_t{3});
  put(bytes, std::uint64_t{1});
  put(bytes, base::bytes_of("a"));
  put(bytes, std::uint8_t{4});
  put(bytes, std::uint64_t{2});
  put(bytes, base::bytes_of("bc"));
  EXPECT_EQ(hash_of("NULL, -7, -1e999, 'a', x'6263'"), base::xxh3_128(bytes));
}

TEST_F(Rows, TellValuesOfDifferentTypesApart) {
  const std::vector<std::string> values = {"NULL", "1", "1.0", "'1'", "x'31'", "''", "x''", "0", "0.0", "-0.0"};
  for (const auto& one : values) {
    for (const auto& other : values) {
      if (one != other && !(one == "0.0" && other == "-0.0") && !(one == "-0.0" && other == "0.0")) {
        EXPECT_NE(hash_of(one), hash_of(other)) << one << " and " << other;
      }
    }
  }
  EXPECT_NE(hash_of("'ab', 'c'"), hash_of("'a', 'bc'"));
  EXPECT_NE(hash_of("NULL, ''"), hash_of("'', NULL"));
}

TEST_F(Rows, WithLargeValuesHaveTheHashOfAllTheirBytes) {
  constexpr std::size_t size = 3'000'000;
  Bytes bytes;
  for (int i = 0; i < 2; ++i) {
    put(bytes, std::uint8_t{1});
    put(bytes, std::uint64_t{5});
    put(bytes, std::uint8_t{4});
    put(bytes, std::uint64_t{size});
    bytes.resize(bytes.size() + size);
  }
  put(bytes, std::uint8_t{3});
  put(bytes, std::uint64_t{1});
  put(bytes, base::bytes_of("x"));
  EXPECT_EQ(hash_of("5, zeroblob(3000000), 5, zeroblob(3000000), 'x'"), base::xxh3_128(bytes));
}

TEST_F(Rows, GiveAContentHashThatDoesNotDependOnTheirOrder) {
  const Content one = content("(1, 'a'), (2, 'b'), (3, NULL)");
  EXPECT_EQ(one, content("(3, NULL), (1, 'a'), (2, 'b')"));
  EXPECT_EQ(one.rows, 3U);
  EXPECT_NE(one, content("(1, 'a'), (2, 'b'), (3, '')"));
}

TEST_F(Rows, DoNotCancelEachOtherOut) {
  EXPECT_NE(content("(1, 1), (1, 1)").hash, content("(2, 2), (2, 2)").hash);
  EXPECT_NE(content("(1, 1), (1, 1)"), content("(1, 1)"));
}

TEST_F(Rows, ThatAreNoneSumUpToNothing) {
  connection_.execute("CREATE TABLE t(a, b)");
  EXPECT_EQ(content_of(connection_, table()), Content{});
}

TEST_F(Rows, DoNotIncludeGeneratedColumns) {
  schema::Table generated = table();
  generated.columns[1].generated = true;
  EXPECT_EQ(data_columns(generated), "\"a\"");
  EXPECT_EQ(data_columns(table()), "\"a\", \"b\"");
  generated.columns[0].name = "quo\"ted";
  EXPECT_EQ(data_columns(generated), "\"quo\"\"ted\"");
}

}  // namespace
}  // namespace dbrollback::database::sqlite
