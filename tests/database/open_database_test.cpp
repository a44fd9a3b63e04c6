// Which databases the adapters take.
#include "engine/database/database.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database {
namespace {

TEST(OpenDatabase, RefusesPostgresWithoutRepeatingItsUrl) {
  for (const char* url : {"postgresql://anna:hunter2@db/app", "host=db password=hunter2"}) {
    DatabaseConfig config;
    config.name = "app";
    config.engine = DatabaseConfig::Engine::postgres;
    config.url = url;
    for (const auto engine : {DatabaseConfig::Engine::postgres, DatabaseConfig::Engine::sqlite}) {
      config.engine = engine;  // wrong in the second case, as a program that fills it in by hand may have it
      const ErrorInfo info = test::error_of([&] { (void)open_database(config); });
      EXPECT_EQ(info.code, "unsupported_database");
      EXPECT_EQ(info.exit, Exit::usage);
      EXPECT_EQ(info.message,
                "PostgreSQL is not supported by this version; give an SQLite file: sqlite:PATH, file:PATH or a path");
      EXPECT_EQ((info.object + info.state + info.next).find("hunter2"), std::string::npos);
    }
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
