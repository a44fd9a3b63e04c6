// The many ways to write the path of an SQLite file.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

class SqlitePath : public ConfigTest {
 protected:
  static ErrorInfo refusal(const std::string& url) {
    ErrorInfo info = error_of([&] { (void)sqlite_path(url); });
    EXPECT_EQ(info.exit, Exit::usage);
    return info;
  }
};

TEST_F(SqlitePath, OfAnAbsoluteUrlIsThatPath) {
  for (const char* url :
       {"/a/b.db", "sqlite:/a/b.db", "sqlite:///a/b.db", "sqlite:////a/b.db", "SQLite:/a/b.db", "sqlite3:///a/b.db",
        "sqlite+aiosqlite:////a/b.db", "sqlite:///a/b.db?mode=ro&x=1", "file:/a/b.db", "file:///a/b.db",
        "file://localhost/a/b.db", "file:/a/b.db?connection_limit=1#x", "/a/./c/../b.db", "//a//b.db"}) {
    EXPECT_EQ(sqlite_path(url), "/a/b.db") << url;
  }
}

TEST_F(SqlitePath, OfARelativeUrlIsRelativeToTheWorkingDirectory) {
  for (const char* url : {"b.db", "./b.db", "x/../b.db", "sqlite:b.db", "sqlite:./b.db", "sqlite://b.db", "file:b.db",
                          "file:./b.db?connection_limit=1"}) {
    EXPECT_EQ(sqlite_path(url), folder() / "b.db") << url;
  }
}

TEST_F(SqlitePath, OfAFileUrlIsPercentDecoded) {
  EXPECT_EQ(sqlite_path("file:/a%20b%3F%2e.db?x"), "/a b?..db");
  EXPECT_EQ(sqlite_path("file:/100%.db"), "/100%.db") << "no escape";
  EXPECT_EQ(sqlite_path("file:/1%2"), "/1%2");
}

TEST_F(SqlitePath, OfOtherFormsIsTakenAsItStands) {
  EXPECT_EQ(sqlite_path("/a%20b.db?x#y"), "/a%20b.db?x#y");
  EXPECT_EQ(sqlite_path("sqlite:/a%20b#1.db"), "/a%20b#1.db");
}

TEST_F(SqlitePath, MayBeginWithTheHomeFolder) {
  set("HOME", "/home/anna");
  EXPECT_EQ(sqlite_path("~/b.db"), "/home/anna/b.db");
  EXPECT_EQ(sqlite_path("sqlite:~/b.db"), "/home/anna/b.db");
}

TEST_F(SqlitePath, OfAFileWithAColonNeedsAFolder) {
  EXPECT_EQ(sqlite_path("./old:app.db"), folder() / "old:app.db");
  EXPECT_EQ(refusal("old:app.db").message,
            "old: is not supported by this version; give postgresql://USER@HOST/NAME, sqlite:PATH, "
            "file:PATH or a path (./old:… for a file with a "
            "colon in its name)");
}

TEST_F(SqlitePath, OfADatabaseInMemoryIsRefused) {
  for (const char* url : {":memory:", "sqlite::memory:", "sqlite:///:memory:", "sqlite://:memory:", "file::memory:",
                          "file:x?mode=memory&cache=shared", "file:x?cache=shared&mode=memory"}) {
    const ErrorInfo info = refusal(url);
    EXPECT_EQ(info.code, "bad_database_url") << url;
    EXPECT_EQ(info.message, "a database in memory has no file to take a snapshot of; give the path of a file");
  }
}

TEST_F(SqlitePath, ThatIsEmptyIsRefused) {
  for (const char* url : {"", "sqlite:", "sqlite://", "file:", "file:?x=1", "file://localhost"}) {
    EXPECT_EQ(refusal(url).message, "the database has no path; write sqlite:PATH, file:PATH or a path") << url;
  }
}

TEST_F(SqlitePath, OnAnotherMachineIsRefused) {
  EXPECT_EQ(refusal("file://server/a.db").message,
            "file:// names another machine; write file:PATH, or file:///PATH for an absolute path");
}

TEST_F(SqlitePath, WithAZeroByteIsRefused) {
  EXPECT_EQ(refusal("file:/a%00b").message, "a path cannot hold a zero byte");
}

TEST_F(SqlitePath, OfAnotherKindOfDatabaseIsRefusedWithoutRepeatingIt) {
  const ErrorInfo info = refusal("postgresql://anna:hunter2@db/app");
  EXPECT_EQ(info.code, "unsupported_database");
  EXPECT_EQ(info.message,
            "a PostgreSQL database cannot be meant here; give an SQLite file: sqlite:PATH, file:PATH or a path");
  EXPECT_EQ((info.object + info.state + info.next).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace dbrollback::config_test
