// libpq's connection strings.
#include "engine/config/conninfo.hpp"

#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

using config::Conninfo;
using config::is_conninfo;
using config::read_conninfo;

TEST(ConfigConninfo, IsKnownByAKeywordThatStandsFirst) {
  for (const char* text : {"host=db dbname=app", "dbname=app", "service = prod", " host=/run/postgresql dbname=app",
                           "application_name=x\thost=db", "HOST=db", "hosst=db dbname=app", "password=x"}) {
    EXPECT_TRUE(is_conninfo(text)) << text;
  }
  for (const char* text : {"", "app.db", "my app.db", "./host=db", "/srv/host=db", "=x host=db", "level=3.db", "host",
                           "sqlite:host=db", "a b host=db"}) {
    EXPECT_FALSE(is_conninfo(text)) << text;
  }
}

TEST(ConfigConninfo, IsReadAsLibpqReadsIt) {
  EXPECT_EQ(read_conninfo(""), Conninfo());
  EXPECT_EQ(read_conninfo(" host=db  port = 5432\t"), (Conninfo{{"host", "db"}, {"port", "5432"}}));
  EXPECT_EQ(read_conninfo("a='x y' b='it\\'s' c=d\\ e f=\\\\"),
            (Conninfo{{"a", "x y"}, {"b", "it's"}, {"c", "d e"}, {"f", "\\"}}));
  EXPECT_EQ(read_conninfo("a='x'b=y"), (Conninfo{{"a", "x"}, {"b", "y"}})) << "a quote needs no blank behind it";
  EXPECT_EQ(read_conninfo("a= b=c"), (Conninfo{{"a", "b=c"}})) << "blanks behind '=' do not end anything";
  EXPECT_EQ(read_conninfo("a="), (Conninfo{{"a", ""}}));
  EXPECT_EQ(read_conninfo("a=x\\"), (Conninfo{{"a", "x"}}));
}

TEST(ConfigConninfo, ThatLibpqWouldRefuseIsNone) {
  for (const char* text : {"host", "host=db password=my secret", "=x", "a='x", "a='x\\'", "a=b c"}) {
    EXPECT_EQ(read_conninfo(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace dbrollback::config_test
