// The tables in which tools keep what is applied, and those of applications that look like them.
#include "schema/bookkeeping.hpp"

#include <gtest/gtest.h>

namespace dbrollback::schema {
namespace {

using Names = std::vector<std::string>;

Object object(const std::string& kind, const std::string& name, const std::string& table = {}) {
  return {.kind = kind, .name = name, .table = table, .sql = "CREATE"};
}

Table rows_of(const std::string& name) { return {.name = name, .columns = {}, .key = {}}; }

// What stays of `objects`, as "kind name".
Names left(std::vector<Object> objects, const std::string& table = {}) {
  Names out;
  for (const Object& each : without_bookkeeping({.objects = std::move(objects), .tables = {}}, table).objects) {
    out.push_back(each.kind + " " + each.name);
  }
  return out;
}

TEST(Bookkeeping, IsTheTableOfEachTool) {
  for (const std::string table :
       {"schema_migrations", "goose_db_version", "gorp_migrations", "pgmigrations", "_prisma_migrations",
        "__diesel_schema_migrations", "alembic_version", "django_migrations", "flyway_schema_history",
        "atlas_schema_revisions", "knex_migrations", "knex_migrations_lock"}) {
    EXPECT_EQ(left({object("table", table, table)}), Names{}) << table;
    EXPECT_EQ(left({object("table", "public." + table, "public." + table)}), Names{}) << table;
    EXPECT_EQ(left({object("table", table + "2", table + "2")}).size(), 1U) << table;
  }
}

TEST(Bookkeeping, IsWithoutRowsAsWell) {
  const Schema all{.objects = {object("table", "orders", "orders"), object("table", "schema_migrations")},
                   .tables = {rows_of("orders"), rows_of("schema_migrations")}};
  const Schema rest = without_bookkeeping(all, "");
  ASSERT_EQ(rest.tables.size(), 1U);
  EXPECT_EQ(rest.tables[0].name, "orders");
  EXPECT_EQ(rest.objects, Schema({.objects = {all.objects[0]}, .tables = {}}).objects) << "and the rest is as it was";
}

TEST(Bookkeeping, IsTheTableThatTheConfigurationNames) {
  const std::vector<Object> objects{object("table", "changes", "changes"), object("table", "orders", "orders"),
                                    object("table", "ops.\"Changes\"", "ops.\"Changes\"")};
  EXPECT_EQ(left(objects).size(), 3U);
  EXPECT_EQ(left(objects, "changes"), (Names{"table orders", "table ops.\"Changes\""}));
  EXPECT_EQ(left(objects, "Changes"), (Names{"table changes", "table orders"}));
}

TEST(Bookkeeping, IsKnownByItsNameAlone) {
  EXPECT_TRUE(is_bookkeeping("public.schema_migrations", ""));
  EXPECT_TRUE(is_bookkeeping("sqitch.changes", ""));
  EXPECT_TRUE(is_bookkeeping("changes", "changes"));
  EXPECT_FALSE(is_bookkeeping("changes", ""));
  EXPECT_FALSE(is_bookkeeping("schema_migrations_audit", ""));
}

TEST(Bookkeeping, IsFoundByAQuotedName) {
  EXPECT_EQ(left({object("table", "\"My App\".schema_migrations"), object("table", "public.\"_prisma_migrations\""),
                  object("table", "\"a.b\".schema_migrations")}),
            Names{});
  EXPECT_EQ(left({object("table", "\"goose_db_version \""), object("table", "\"a.goose_db_version\"")}).size(), 2U);
}

TEST(Bookkeeping, IsAllThatIsInTheSchemaOfSqitch) {
  EXPECT_EQ(left({object("schema", "sqitch"), object("table", "sqitch.changes", "sqitch.changes"),
                  object("index", "sqitch.tags_key", "sqitch.tags"), object("constraint", "x", "sqitch.tags")}),
            Names{});
  EXPECT_EQ(left({object("schema", "sqitches"), object("table", "public.sqitch", "public.sqitch"),
                  object("table", "public.changes", "public.changes")})
                .size(),
            3U);
}

TEST(Bookkeeping, IsWhatBelongsToATable) {
  EXPECT_EQ(left({object("index", "public.any", "public.schema_migrations"),
                  object("trigger", "watch", "goose_db_version"), object("constraint", "pk", "public.pgmigrations"),
                  object("index", "sqlite_autoindex_schema_migrations_1", "schema_migrations")}),
            Names{});
}

// A server makes it with the table, and it belongs to nothing that its definition names.
TEST(Bookkeeping, IsTheSequenceOfATable) {
  EXPECT_EQ(
      left({object("sequence", "public.goose_db_version_id_seq"), object("sequence", "ops.django_migrations_id_seq"),
            object("sequence", "public.knex_migrations_lock_index_seq")}),
      Names{});
  EXPECT_EQ(left({object("sequence", "public.changes_id_seq")}, "changes"), Names{});
  EXPECT_EQ(left({object("table", "public.goose"), object("sequence", "public.goose_db_version_id_seq")}),
            Names{"table public.goose"});
  EXPECT_EQ(left({object("sequence", "public.orders_id_seq"), object("sequence", "public.goose_db_versions")}).size(),
            2U);
}

// An application may keep what its own tools do.
TEST(Bookkeeping, IsNoTableOfAnApplicationThatIsCalledAlmostTheSame) {
  const Names own{"table public.schema_migrations_audit",    "index public.schema_migrations_audit_at",
                  "constraint schema_migrations_audit_pkey", "sequence public.schema_migrations_audit_id_seq",
                  "view public.schema_migrations_seen",      "function public.schema_migrations_check()"};
  EXPECT_EQ(left({object("table", "public.schema_migrations_audit", "public.schema_migrations_audit"),
                  object("index", "public.schema_migrations_audit_at", "public.schema_migrations_audit"),
                  object("constraint", "schema_migrations_audit_pkey", "public.schema_migrations_audit"),
                  object("sequence", "public.schema_migrations_audit_id_seq"),
                  object("view", "public.schema_migrations_seen", "public.schema_migrations_seen"),
                  object("function", "public.schema_migrations_check()"),
                  object("table", "public.schema_migrations", "public.schema_migrations")}),
            own);
}

}  // namespace
}  // namespace dbrollback::schema
