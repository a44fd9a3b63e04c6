#include "schema/column_types.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dbrollback::schema {
namespace {

struct Case {
  std::string from;
  std::string to;
};

void expect_all(TypeChange expected, const std::vector<Case>& cases) {
  for (const auto& [from, to] : cases) {
    EXPECT_EQ(type_change(from, to), expected) << from << " to " << to;
  }
}

TEST(ColumnTypes, Safe) {
  expect_all(TypeChange::safe, {
                                   {"integer", "integer"},
                                   {"smallint", "integer"},
                                   {"integer", "bigint"},
                                   {"int4", "int8"},
                                   {"integer", "numeric"},
                                   {"integer", "numeric(12,2)"},
                                   {"numeric(9,0)", "integer"},
                                   {"numeric(4)", "smallint"},
                                   {"smallint", "real"},
                                   {"integer", "double precision"},
                                   {"real", "double precision"},
                                   {"numeric(10,2)", "numeric"},
                                   {"numeric(10,2)", "numeric(12,4)"},
                                   {"character varying(50)", "text"},
                                   {"varchar(50)", "varchar(60)"},
                                   {"varchar(50)", "character varying"},
                                   {"character varying", "text"},
                                   {"text", "character varying"},
                                   {"character(5)", "character varying(5)"},
                                   {"character", "character(2)"},
                                   {"uuid", "text"},
                                   {"integer[]", "text"},
                                   {"integer[]", "bigint[]"},
                                   {"date", "timestamp with time zone"},
                                   {"timestamp(3) with time zone", "timestamptz"},
                                   {"time(0) without time zone", "time(3)"},
                                   {"bit(3)", "bit varying(3)"},
                                   {"bit varying(3)", "varbit"},
                                   {"jsonb", "json"},
                                   {"cidr", "inet"},
                                   {"mood", "text"},
                               });
}

TEST(ColumnTypes, Narrowing) {
  expect_all(TypeChange::narrowing, {
                                        {"bigint", "integer"},
                                        {"integer", "smallint"},
                                        {"integer", "real"},
                                        {"bigint", "double precision"},
                                        {"double precision", "real"},
                                        {"double precision", "bigint"},
                                        {"real", "numeric(30,5)"},
                                        {"integer", "numeric(10,2)"},
                                        {"numeric", "integer"},
                                        {"numeric(10,0)", "integer"},
                                        {"numeric(4,2)", "integer"},
                                        {"numeric(10,2)", "double precision"},
                                        {"numeric(10,2)", "numeric(8,2)"},
                                        {"numeric(10,2)", "numeric(10,1)"},
                                        {"numeric(10,2)", "numeric(10,3)"},
                                        {"numeric", "numeric(10,2)"},
                                        {"varchar(50)", "varchar(20)"},
                                        {"character varying(50)", "character(60)"},
                                        {"text", "varchar(20)"},
                                        {"text", "integer"},
                                        {"text", "uuid"},
                                        {"text", "integer[]"},
                                        {"varchar(9)", "mood"},
                                        {"character(2)", "character"},
                                        {"timestamptz", "date"},
                                        {"timestamp with time zone", "timestamp(0) with time zone"},
                                        {"timestamp with time zone", "timestamp without time zone"},
                                        {"interval", "interval(0)"},
                                        {"bigint[]", "integer[]"},
                                        {"bit(3)", "bit(4)"},
                                        {"json", "jsonb"},
                                        {"inet", "cidr"},
                                    });
}

TEST(ColumnTypes, Unknown) {
  expect_all(TypeChange::unknown, {
                                      {"mood", "integer"},
                                      {"integer", "integer[]"},
                                      {"uuid", "bytea"},
                                      {"timestamp without time zone", "timestamp with time zone"},
                                      {"public.a", "public.b"},
                                      {"geometry(Point,4326)", "geometry(Point,3857)"},
                                      {"", "integer"},
                                      {"numeric(", "mood"},
                                      {"integer", "\"char\""},
                                  });
}

}  // namespace
}  // namespace dbrollback::schema
