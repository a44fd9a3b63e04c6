#include "engine/database/postgres/client_programs.hpp"

#include "engine/base/run.hpp"
#include "engine/base/text.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::database::postgres {
namespace {

namespace fs = std::filesystem;
using base::cat;

TEST(ClientProgramsVersion, IsReadAsServersCountIt) {
  EXPECT_EQ(parse_version("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), 150018);
  EXPECT_EQ(parse_version("postgres (PostgreSQL) 17beta1\n"), 170000);
  EXPECT_EQ(parse_version("pg_dump (PostgreSQL) 18rc1"), 180000);
  EXPECT_EQ(parse_version("psql (PostgreSQL) 19devel"), 190000);
  EXPECT_EQ(parse_version("18.0"), 180000);
  EXPECT_EQ(parse_version("10.23"), 100023);
  EXPECT_EQ(parse_version("pg_dump (PostgreSQL) 9.6.24"), 90624);
  EXPECT_EQ(parse_version("pg_dump (EnterpriseDB) 15.4.0"), 150004);
}

TEST(ClientProgramsVersion, IsNothingElse) {
  for (const char* text : {"", "pg_dump", "pg_dump (PostgreSQL)", "pg_dump v15", "15.", "15.x", "20261121", "15.123456",
                           "99999999999999999999", "15.-3", "9.6."}) {
    EXPECT_EQ(parse_version(text), std::nullopt) << text;
  }
}

TEST(ClientProgramsVersion, IsShownAsPeopleWriteIt) {
  EXPECT_EQ(version_text(150018), "15.18");
  EXPECT_EQ(version_text(90624), "9.6.24");
  EXPECT_EQ(major_text(150018), "15");
  EXPECT_EQ(major_text(90624), "9.6");
}

// A machine with installations that tests make up.
class FindClientPrograms : public test::InFolder {
 protected:
  FindClientPrograms() { environment_.set("PATH", "/nowhere"); }

  void install(const fs::path& program, const std::string& version) const {
    fs::create_directories(program.parent_path());
    test::put_content(program, cat("#!/bin/sh\necho 'pg_dump (PostgreSQL) ", version, "'\n"));
    fs::permissions(program, fs::perms::owner_all);
  }
  [[nodiscard]] fs::path debian(const std::string& major) const {
    return at("root/usr/lib/postgresql") / major / "bin";
  }
  void install_debian(const std::string& major, const std::string& version) const {
    install(debian(major) / "pg_dump", version);
  }
  // As Debian has it: a link to a script of another name.
  void install_wrapper(const std::string& version) {
    install(at("share/pg_wrapper"), version);
    fs::create_directories(at("bin"));
    fs::create_symlink(at("share/pg_wrapper"), at("bin/pg_dump"));
    put_in_path("bin");
  }
  void put_in_path(const std::string& folder) { environment_.set("PATH", at(folder)); }

  [[nodiscard]] fs::path found_for(int server, const fs::path& configured = {}) const {
    return find_client_programs(server, {.configured = configured, .root = at("root")}).folder;
  }
  [[nodiscard]] ErrorInfo error_for(int server, const fs::path& configured = {}) const {
    return test::error_of([&] { (void)found_for(server, configured); });
  }

 private:
  test::Environment environment_;
};

TEST_F(FindClientPrograms, PrefersTheServersMajorVersion) {
  install_debian("13", "13.22");
  install_debian("15", "15.2");
  install_debian("17", "17.6");
  EXPECT_EQ(found_for(150018), debian("15"));
  EXPECT_EQ(find_client_programs(150018, {.configured = {}, .root = at("root")}).version, 150002);
}

TEST_F(FindClientPrograms, OtherwiseTakesTheLowestNewerOne) {
  install_debian("13", "13.22");
  install_debian("17", "17.6");
  install_debian("16", "16beta1");
  EXPECT_EQ(found_for(150018), debian("16"));
  EXPECT_EQ(found_for(90624), debian("13"));
}

TEST_F(FindClientPrograms, FindsAServerOfTheSameMajorVersionOnly) {
  const ClientPlaces places{.configured = {}, .root = at("root")};
  install(debian("14") / "postgres", "14.1");
  install(debian("14") / "initdb", "14.1");
  install(debian("15") / "postgres", "15.18");
  install(debian("16") / "postgres", "16.4");
  install(debian("16") / "initdb", "16.4");
  EXPECT_EQ(find_server_programs(160001, places), debian("16"));
  EXPECT_EQ(find_server_programs(140000, {.configured = debian("14"), .root = {}}), debian("14"));
  const ErrorInfo info = test::error_of([&] { (void)find_server_programs(150018, places); });
  EXPECT_EQ(info.code, "no_server_programs");
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_EQ(info.message,
            cat("it cannot be proven here: the snapshot is of a server of version 15.18, and no PostgreSQL "
                "server of version 15 was found, only 14.1 in ",
                debian("14").native(), ", 16.4 in ", debian("16").native()));
  EXPECT_NE(info.next.find("postgresql-15,"), std::string::npos) << info.next;
  EXPECT_EQ(test::error_of([&] { (void)find_server_programs(160001, {.configured = debian("15"), .root = {}}); }).code,
            "no_server_programs")
      << "initdb is missing";
}

TEST_F(FindClientPrograms, KnowsThoseOfRedHat) {
  install(at("root/usr/pgsql-16/bin/pg_dump"), "16.4");
  fs::create_directories(at("root/usr/lib64"));
  EXPECT_EQ(found_for(150018), at("root/usr/pgsql-16/bin"));
}

TEST_F(FindClientPrograms, LooksInPathFirst) {
  install_debian("15", "15.18");
  install(at("opt/pg_dump"), "15.1");
  put_in_path("opt");
  EXPECT_EQ(found_for(150018), at("opt"));
  EXPECT_EQ(found_for(140000), at("opt"));
}

TEST_F(FindClientPrograms, GoesThroughALinkInPath) {
  install(at("opt/15/bin/pg_dump"), "15.1");
  fs::create_directories(at("bin"));
  fs::create_symlink(at("opt/15/bin/pg_dump"), at("bin/pg_dump"));
  put_in_path("bin");
  EXPECT_EQ(found_for(150018), at("opt/15/bin"));
}

TEST_F(FindClientPrograms, TrustsDebiansWrapperLast) {
  install_wrapper("15.18");
  EXPECT_EQ(found_for(150018), at("bin"));
  install_debian("15", "15.18");
  EXPECT_EQ(found_for(150018), debian("15"));
  install_debian("16", "16.1");
  EXPECT_EQ(found_for(160000), debian("16"));
}

TEST_F(FindClientPrograms, LooksInAConfiguredFolderAlone) {
  install_debian("15", "15.18");
  install(at("mine/pg_dump"), "16.1");
  EXPECT_EQ(found_for(150018, at("mine")), at("mine"));
  const ErrorInfo older = error_for(170000, at("mine"));
  EXPECT_EQ(older.code, "no_pg_dump");
  EXPECT_NE(older.message.find("16.1 in "), std::string::npos) << older.message;
  EXPECT_NE(older.message.find("pg_bin"), std::string::npos) << older.message;
  EXPECT_EQ(error_for(150018, at("absent")).code, "no_pg_dump");
}

TEST_F(FindClientPrograms, NamesThoseThatAreOlder) {
  install_debian("13", "13.22");
  install_debian("9.6", "9.6.24");
  const ErrorInfo info = error_for(150018);
  EXPECT_EQ(info.code, "no_pg_dump");
  EXPECT_EQ(info.exit, Exit::failed);
  EXPECT_EQ(info.message, cat("the server is of version 15.18, and pg_dump is older: 13.22 in ", debian("13").native(),
                              ", 9.6.24 in ", debian("9.6").native()));
  EXPECT_NE(info.next.find("postgresql-client-15"), std::string::npos) << info.next;
}

TEST_F(FindClientPrograms, SaysWhenThereIsNone) {
  EXPECT_EQ(error_for(150018).message, "the server is of version 15.18, and no pg_dump was found");
}

TEST_F(FindClientPrograms, PassesBrokenOnesBy) {
  install_debian("14", "15.1'; exit 1; echo '");
  install_debian("15", "of somebody's own");
  test::put_content(debian("15") / "pg_dump", "not a program");
  fs::create_directories(debian("16") / "pg_dump");
  install_debian("17", "17.6");
  EXPECT_EQ(found_for(150018), debian("17"));
}

TEST_F(FindClientPrograms, NamesThePackageOfAProgramThatIsNotThere) {
  install_debian("15", "15.18");
  const ClientPrograms programs = find_client_programs(150018, {.configured = {}, .root = at("root")});
  EXPECT_EQ(programs.path_of("pg_dump"), debian("15") / "pg_dump");
  const ErrorInfo server = test::error_of([&] { (void)programs.path_of("initdb"); });
  EXPECT_EQ(server.code, "no_program");
  EXPECT_EQ(server.next, "install the Debian package postgresql-15");
  EXPECT_EQ(test::error_of([&] { (void)programs.path_of("psql"); }).next,
            "install the Debian package postgresql-client-15");
}

TEST_F(FindClientPrograms, TakesTheRealOnesOfDebian) {
  const fs::path installed = "/usr/lib/postgresql/15/bin";
  if (!fs::exists(installed / "pg_dump") || !fs::exists(installed / "initdb")) {
    GTEST_SKIP() << "PostgreSQL 15 of Debian is not installed";
  }
  put_in_path("/usr/bin");
  const ClientPrograms programs = find_client_programs(150000, {});
  EXPECT_EQ(programs.folder, installed);
  EXPECT_EQ(programs.version / 10000, 15);
  for (const char* name : {"pg_dump", "pg_restore", "psql", "initdb", "pg_ctl", "postgres"}) {
    const auto said = base::run({.arguments = {programs.path_of(name), "--version"}});
    EXPECT_EQ(parse_version(said.output), programs.version) << name << ": " << said.output << said.messages;
  }
}

}  // namespace
}  // namespace dbrollback::database::postgres
