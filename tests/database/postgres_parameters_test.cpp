#include <gtest/gtest.h>

#include "engine/database/postgres/connection.hpp"
#include "engine/database/postgres/parameters.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database::postgres {
namespace {

TEST(PostgresParameters, UnderstandWhatOthersWriteIntoUrls) {
  const auto parameters = Parameters::parse(
      "postgresql+psycopg://ann@db.example:6432/shop?schema=public&sslmode=require&connection_limit=5&pgbouncer=true");
  EXPECT_EQ(parameters.get("host"), "db.example");
  EXPECT_EQ(parameters.get("port"), "6432");
  EXPECT_EQ(parameters.get("sslmode"), "require");
  EXPECT_EQ(parameters.database(), "shop");
  EXPECT_EQ(parameters.shown(), "postgresql://ann@db.example:6432/shop");
  EXPECT_EQ(Parameters::parse("postgres://ann@h/shop").database(), "shop");
  EXPECT_EQ(Parameters::parse("postgresql://ann@h?dbname=shop&pool_size=3").database(), "shop");
}

TEST(PostgresParameters, UnderstandConnectionStrings) {
  const auto parameters = Parameters::parse("host=h dbname='my shop' user=ann password='a b://c'");
  EXPECT_EQ(parameters.get("host"), "h");
  EXPECT_EQ(parameters.database(), "my shop");
  EXPECT_EQ(parameters.password(), "a b://c");
}

TEST(PostgresParameters, ShowNoSecret) {
  const auto parameters = Parameters::parse("postgresql://ann:top%2Fsecret@h/shop?sslpassword=hidden");
  EXPECT_EQ(parameters.password(), "top/secret");
  for (const std::string& text : {parameters.shown(), parameters.without_secrets()}) {
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find("hidden"), std::string::npos) << text;
  }
  EXPECT_EQ(Parameters::parse("postgresql://ann:p?w@h/shop?schema=x").password(), "p?w");
  const ErrorInfo info = test::error_of([] { (void)Parameters::parse("postgresql://ann:top%secret@h/shop"); });
  EXPECT_EQ(info.exit, Exit::usage);
  EXPECT_EQ((info.message + info.next + info.object).find("secret"), std::string::npos);
}

TEST(PostgresParameters, ArePutIntoAnArgumentInQuotes) {
  const auto parameters = Parameters::parse("host=h").with("dbname", R"(it's \ "odd")");
  EXPECT_EQ(Parameters::parse(parameters.without_secrets()).database(), R"(it's \ "odd")");
}

TEST(PostgresNames, AreQuoted) {
  EXPECT_EQ(quote("plain"), R"("plain")");
  EXPECT_EQ(quote(R"(o"dd)", "n.m"), R"("o""dd"."n.m")");
  EXPECT_EQ(literal("it's"), "'it''s'");
  EXPECT_EQ(literal(R"(a\b)"), R"(E'a\\b')");
}

}  // namespace
}  // namespace dbrollback::database::postgres
