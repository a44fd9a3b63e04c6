#include "schema/diff.hpp"

#include <gtest/gtest.h>

namespace dbrollback::schema {
namespace {

using Changes = std::vector<std::string>;

Column column(const std::string& name, const std::string& type = "TEXT") {
  return {.name = name, .type = type, .not_null = false, .default_value = {}, .generated = false};
}

Schema with_table(const std::string& name, std::vector<Column> columns, std::vector<std::string> key = {},
                  const std::string& end = "") {
  std::string sql = "CREATE TABLE " + name + "(";
  for (const auto& each : columns) {
    sql += each.name + " " + each.type + ",";
  }
  return {.objects = {{.kind = "table", .name = name, .table = name, .sql = sql + ")" + end}},
          .tables = {{.name = name, .columns = std::move(columns), .key = std::move(key)}}};
}

Schema with_object(const std::string& kind, const std::string& name, const std::string& sql) {
  return {.objects = {{.kind = kind, .name = name, .table = "t", .sql = sql}}, .tables = {}};
}

Changes changes(const Schema& before, const Schema& after) {
  Changes out;
  for (const auto& change : diff(before, after)) {
    out.push_back(change.object + ": " + change.change);
  }
  return out;
}

TEST(SchemaDiff, IsEmptyForTheSameSchema) {
  const Schema same = with_table("orders", {column("id"), column("total")}, {"id"});
  EXPECT_EQ(changes(same, same), Changes{});
  EXPECT_EQ(changes({}, {}), Changes{});
}

TEST(SchemaDiff, IsEmptyForAReformattedDefinition) {
  EXPECT_EQ(changes(with_object("view", "v", "CREATE VIEW v AS SELECT 1"),
                    with_object("view", "v", "CREATE VIEW v\n  AS SELECT 1")),
            Changes{});
}

TEST(SchemaDiff, NamesWhatCameAndWent) {
  const Schema table = with_table("orders", {column("id")});
  EXPECT_EQ(changes({}, table), Changes{"table \"orders\": added"});
  EXPECT_EQ(changes(table, {}), Changes{"table \"orders\": removed"});
}

TEST(SchemaDiff, NamesColumnsThatCameAndWent) {
  EXPECT_EQ(
      changes(with_table("orders", {column("id"), column("total", "REAL")}),
              with_table("orders", {column("id"), column("cents", "INTEGER")})),
      (Changes{"table \"orders\": column \"total\" removed", "table \"orders\": column \"cents\" added (INTEGER)"}));
}

TEST(SchemaDiff, SaysHowAColumnChanged) {
  Column before = column("total", "");
  Column after = column("total", "INTEGER");
  after.not_null = true;
  after.default_value = "0";
  after.generated = true;
  EXPECT_EQ(changes(with_table("orders", {before}), with_table("orders", {after})),
            Changes{"table \"orders\": column \"total\" changed from no type to INTEGER NOT NULL DEFAULT 0 GENERATED"});
}

TEST(SchemaDiff, SaysThatAKeyChanged) {
  const std::vector<Column> columns = {column("a"), column("b")};
  EXPECT_EQ(changes(with_table("t", columns, {"a", "b"}), with_table("t", columns, {"b", "a"})),
            Changes{"table \"t\": primary key changed"});
}

TEST(SchemaDiff, SaysThatAnythingElseOfADefinitionChanged) {
  EXPECT_EQ(changes(with_table("t", {column("a")}), with_table("t", {column("a")}, {}, " STRICT")),
            Changes{"table \"t\": definition changed"});
  EXPECT_EQ(changes(with_object("trigger", "g", "CREATE TRIGGER g BEGIN SELECT 1; END"),
                    with_object("trigger", "g", "CREATE TRIGGER g BEGIN SELECT 2; END")),
            Changes{"trigger \"g\": definition changed"});
}

TEST(SchemaDiff, TakesAViewForAnotherThingThanATableOfTheSameName) {
  EXPECT_EQ(changes(with_table("t", {column("a")}), with_object("view", "t", "CREATE VIEW t AS SELECT 1")),
            (Changes{"table \"t\": removed", "view \"t\": added"}));
}

TEST(SchemaDiff, NamesTablesBeforeWhatStandsOnThem) {
  Schema all;
  for (const auto* kind : {"index", "table", "trigger", "view"}) {
    for (const auto* name : {"b", "a"}) {
      all.objects.push_back({.kind = kind, .name = name, .table = name, .sql = ""});
    }
  }
  EXPECT_EQ(changes({}, all),
            (Changes{"table \"a\": added", "table \"b\": added", "view \"a\": added", "view \"b\": added",
                     "index \"a\": added", "index \"b\": added", "trigger \"a\": added", "trigger \"b\": added"}));
}

}  // namespace
}  // namespace dbrollback::schema
