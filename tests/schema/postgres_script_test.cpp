#include "schema/postgres_script.hpp"

#include <gtest/gtest.h>

namespace dbrollback::schema {
namespace {

using Parts = std::vector<std::string_view>;

TEST(Split, EndsAtSemicolons) {
  EXPECT_EQ(split("SELECT 1;\n\nSELECT 2").statements, (Parts{"SELECT 1", "SELECT 2"}));
  EXPECT_EQ(split(";; SELECT 1 ; ;").statements, Parts{"SELECT 1"});
  EXPECT_EQ(split("").statements, Parts{});
}

TEST(Split, LeavesTheCommentsBetweenStatementsOut) {
  EXPECT_EQ(split("-- one; two\nSELECT /* ; */ 1 -- after\n; /* x /* ; */ */").statements, Parts{"SELECT /* ; */ 1"});
}

TEST(Split, LooksIntoNoQuotes) {
  EXPECT_EQ(split("SELECT ';', E'\\';', $a$;$b$;$a$, \";\"; SELECT 2").statements,
            (Parts{"SELECT ';', E'\\';', $a$;$b$;$a$, \";\"", "SELECT 2"}));
}

TEST(Split, KeepsParenthesesTogether) {
  const std::string_view rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)";
  EXPECT_EQ(split(std::string(rule) + "; SELECT 3").statements, (Parts{rule, "SELECT 3"}));
}

TEST(Split, KeepsBodiesInStandardSqlTogether) {
  const std::string function =
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
  EXPECT_EQ(split(function + "; BEGIN; SELECT 3; END").statements, (Parts{function, "BEGIN", "SELECT 3", "END"}));
}

TEST(Split, SaysWhyItCannotReadOn) {
  EXPECT_EQ(split("SELECT 1; SELECT 'x").problem, "unterminated quoted string at or near \"'x\"");
  EXPECT_EQ(split("SELECT 1").problem, "");
}

TEST(RenameRoles, WhereverAStatementNamesOne) {
  const RoleNames roles{{"app", "stage"}, {"a \"b", "it's"}};
  for (const auto& [before, after] : RoleNames{
           {"ALTER TABLE app OWNER TO app", "ALTER TABLE app OWNER TO \"stage\""},
           {"GRANT SELECT(app) ON app TO app, \"a \"\"b\" WITH GRANT OPTION",
            "GRANT SELECT(app) ON app TO \"stage\", \"it's\" WITH GRANT OPTION"},
           {"REVOKE ALL ON SCHEMA app FROM PUBLIC, app", "REVOKE ALL ON SCHEMA app FROM PUBLIC, \"stage\""},
           {"ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA app GRANT SELECT ON TABLES TO app",
            "ALTER DEFAULT PRIVILEGES FOR ROLE \"stage\" IN SCHEMA app GRANT SELECT ON TABLES TO \"stage\""},
           {"CREATE POLICY app ON app TO app USING (app = 'app')",
            "CREATE POLICY app ON app TO \"stage\" USING (app = 'app')"},
           {"CREATE USER MAPPING FOR app SERVER app OPTIONS (\"user\" 'app')",
            "CREATE USER MAPPING FOR \"stage\" SERVER app OPTIONS (\"user\" 'app')"},
           {"SET SESSION AUTHORIZATION 'app'", "SET SESSION AUTHORIZATION 'stage'"},
           {"SET SESSION AUTHORIZATION \"a \"\"b\"", "SET SESSION AUTHORIZATION \"it's\""},
       }) {
    EXPECT_EQ(rename_roles(before, roles), after);
    EXPECT_EQ(rename_roles("SELECT 1;\n" + before + ";\n-- app\n", roles), "SELECT 1;\n" + after + ";\n-- app\n");
  }
}

TEST(RenameRoles, TwoThatSwap) {
  EXPECT_EQ(rename_roles("GRANT ALL ON t TO a, b", {{"a", "b"}, {"b", "a"}}), "GRANT ALL ON t TO \"b\", \"a\"");
}

// The scanner takes a digit with letters behind it for a number that is none.
TEST(RenameRoles, WhateverTheKeyIs) {
  const auto script = [](const std::string& key, const std::string& role) {
    return "--\n\n\\restrict " + key + "\n\nALTER TABLE t OWNER TO " + role + ";\n\n\\unrestrict " + key + "\n\n";
  };
  for (const char* key : {"1abc", "0x", "9e", "abc", "e5"}) {
    EXPECT_EQ(rename_roles(script(key, "app"), {{"app", "stage"}}), script(key, "\"stage\""));
  }
}

TEST(RenameRoles, NotHalfOfThem) {
  EXPECT_FALSE(rename_roles("ALTER TABLE t OWNER TO app; SELECT 'x", {{"app", "stage"}}));
}

TEST(RenameRoles, NothingElse) {
  const std::string script =
      "\\restrict 1x\nSET search_path = app;\nCREATE FUNCTION app() RETURNS text LANGUAGE sql AS 'GRANT app TO app';\n"
      "COMMENT ON TABLE app IS 'ALTER TABLE app OWNER TO app; x';\nnonsense app;\n\\unrestrict 1x\n";
  EXPECT_EQ(rename_roles(script, {{"app", "stage"}}), script);
}

}  // namespace
}  // namespace dbrollback::schema
