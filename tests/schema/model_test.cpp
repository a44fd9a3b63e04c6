#include "schema/model.hpp"

#include <gtest/gtest.h>

namespace dbrollback::schema {
namespace {

std::string text_of(const std::string& sql) {
  return canonical_text({.objects = {{.kind = "table", .name = "t", .table = "t", .sql = sql}}, .tables = {}});
}

TEST(CanonicalText, IsWrittenAsTheSpecificationSays) {
  EXPECT_EQ(text_of("CREATE TABLE t(a)"), "5:table1:t1:t17:CREATE TABLE t(a)\n");
  EXPECT_EQ(canonical_text({}), "");
}

TEST(CanonicalText, DoesNotDependOnWhiteSpace) {
  EXPECT_EQ(text_of("CREATE TABLE t(a, b)"), text_of("CREATE  TABLE\n\tt(a,\r\n b)"));
  EXPECT_EQ(text_of("  CREATE TABLE t(a)"), text_of("CREATE TABLE t(a)"));
}

TEST(CanonicalText, DependsOnWhiteSpaceInsideQuotes) {
  EXPECT_NE(text_of("CREATE TABLE t(a DEFAULT 'x  y')"), text_of("CREATE TABLE t(a DEFAULT 'x y')"));
  EXPECT_NE(text_of("CREATE TABLE t(\"a  b\")"), text_of("CREATE TABLE t(\"a b\")"));
  EXPECT_NE(text_of("CREATE TABLE t([a  b])"), text_of("CREATE TABLE t([a b])"));
  EXPECT_NE(text_of("CREATE TABLE t(`a  b`)"), text_of("CREATE TABLE t(`a b`)"));
  EXPECT_NE(text_of("CREATE TABLE t(a DEFAULT 'it''s  x')"), text_of("CREATE TABLE t(a DEFAULT 'it''s x')"));
}

TEST(CanonicalText, DependsOnWhereAQuoteEnds) {
  EXPECT_EQ(text_of("a '\"'  b"), text_of("a '\"' b")) << "a quote inside another is a letter";
  EXPECT_EQ(text_of("a [']  b"), text_of("a ['] b"));
}

// What a line comment swallows is not part of the definition: the end of its line matters.
TEST(CanonicalText, DependsOnWhereACommentEnds) {
  EXPECT_NE(text_of("CREATE VIEW v AS SELECT a, -- x\n b, c FROM t"),
            text_of("CREATE VIEW v AS SELECT a, -- x b,\n c FROM t"));
  EXPECT_EQ(text_of("SELECT a -- it's\n  FROM   t"), text_of("SELECT a -- it's\n FROM t"))
      << "a quote in a comment opens nothing";
  EXPECT_EQ(text_of("SELECT a /* it's */  FROM   t"), text_of("SELECT a /* it's */ FROM t"));
  EXPECT_NE(text_of("SELECT a /*/ b */"), text_of("SELECT a /*/  b */"));
  EXPECT_EQ(text_of("SELECT a /* never ended"), text_of("SELECT  a /* never ended"));
  EXPECT_EQ(text_of("SELECT a - -1"), text_of("SELECT a  -  -1"));
}

TEST(CanonicalText, DependsOnWhiteSpaceBetweenDollars) {
  EXPECT_NE(text_of("AS $$ a  b $$"), text_of("AS $$ a b $$"));
  EXPECT_NE(text_of("AS $f_1$ a $$  'b $f_1$  c"), text_of("AS $f_1$ a $$ 'b $f_1$  c"));
  EXPECT_EQ(text_of("AS $f$ it's $f$  c"), text_of("AS $f$ it's $f$ c")) << "a quote in it opens nothing";
  EXPECT_EQ(text_of("a$b$  c$b$"), text_of("a$b$ c$b$")) << "within a name it is a letter";
  EXPECT_EQ(text_of("a = $1  AND b = $1$"), text_of("a = $1 AND b = $1$"));
  EXPECT_EQ(text_of("AS $f$  never ended"), text_of("AS $f$ never ended"));
}

TEST(CanonicalText, TellsNamesFromDefinitions) {
  const auto one = [](const std::string& name, const std::string& table) {
    return canonical_text({.objects = {{.kind = "index", .name = name, .table = table, .sql = ""}}, .tables = {}});
  };
  EXPECT_NE(one("ab", "c"), one("a", "bc"));
  EXPECT_NE(one("a1:b", "c"), one("a", "b1:c"));
}

TEST(ObjectsOf, GivesBackWhatATextIsOf) {
  const std::vector<Object> objects{{.kind = "table", .name = "a\n1:", .table = "t", .sql = "CREATE TABLE a (b)"},
                                    {.kind = "view", .name = "", .table = "", .sql = "SELECT '  '"}};
  EXPECT_EQ(objects_of(canonical_text({.objects = objects, .tables = {}})), objects);
  EXPECT_EQ(objects_of(""), std::vector<Object>{});
}

TEST(ObjectsOf, RefusesWhatIsNoSuchText) {
  const std::string text =
      canonical_text({.objects = {{.kind = "table", .name = "a", .table = "a", .sql = "x"}}, .tables = {}});
  for (std::size_t size = 1; size < text.size(); ++size) {
    EXPECT_FALSE(objects_of(text.substr(0, size))) << size;
  }
  EXPECT_FALSE(objects_of("99999999999999999999:a"));
  EXPECT_FALSE(objects_of("18446744073709551615:a1:b1:c1:d\n"));
  EXPECT_FALSE(objects_of("-1:a1:b1:c1:d\n"));
  EXPECT_FALSE(objects_of(text + "x"));
}

TEST(FindTable, FindsItByName) {
  const Schema schema{.objects = {}, .tables = {{.name = "a", .columns = {}, .key = {}}}};
  ASSERT_NE(find_table(schema, "a"), nullptr);
  EXPECT_EQ(find_table(schema, "a")->name, "a");
  EXPECT_EQ(find_table(schema, "A"), nullptr);
}

}  // namespace
}  // namespace dbrollback::schema
