// Which databases the adapters take.
#include "engine/database/database.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database {
namespace {

DatabaseConfig postgres(const std::string& url) {
  DatabaseConfig config;
  config.name = "app";
  config.engine = DatabaseConfig::Engine::postgres;
  config.url = url;
  return config;
}

TEST(OpenDatabase, TakesPostgresWithoutConnecting) {
  for (const char* url :
       {"postgresql://anna:hunter2@db.invalid/app", "host=db.invalid user=anna password=hunter2 dbname=app"}) {
    const auto database = open_database(postgres(url));
    EXPECT_FALSE(database->file());
    EXPECT_EQ(database->location(), "postgresql://anna@db.invalid:5432/app");
  }
}

TEST(OpenDatabase, RefusesMalformedPostgresWithoutRepeatingIt) {
  for (const char* url : {"postgresql://anna:hunter2@[db/app", "host=db password='hunter2"}) {
    const ErrorInfo info = test::error_of([&] { (void)open_database(postgres(url)); });
    EXPECT_EQ(info.exit, Exit::usage);
    EXPECT_EQ((info.message + info.object + info.state + info.next).find("hunter2"), std::string::npos);
  }
}

// As a program that fills it in by hand may have it.
TEST(OpenDatabase, RefusesPostgresThatIsCalledSqlite) {
  for (const char* url : {"postgresql://anna:hunter2@db/app", "host=db password=hunter2"}) {
    DatabaseConfig config = postgres(url);
    config.engine = DatabaseConfig::Engine::sqlite;
    const ErrorInfo info = test::error_of([&] { (void)open_database(config); });
    EXPECT_EQ(info.exit, Exit::usage);
    EXPECT_EQ((info.message + info.object + info.state + info.next).find("hunter2"), std::string::npos);
  }
}

TEST(OpenDatabase, SaysWhyAUrlIsNotKnown) {
  DatabaseConfig config;
  config.engine = DatabaseConfig::Engine::postgres;
  config.url_problem = "APP_URL is not set";
  EXPECT_EQ(test::error_of([&] { (void)open_database(config); }).message, "APP_URL is not set");
}

}  // namespace
}  // namespace dbrollback::database
