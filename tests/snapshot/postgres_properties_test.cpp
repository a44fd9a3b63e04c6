#include "engine/snapshot/postgres_properties.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/unit.hpp"

namespace dbrollback::snapshot {
namespace {

const std::string object = "manifest.json";

// Something in each field, some of it no UTF-8.
PostgresDatabaseFacts example() {
  PostgresDatabaseFacts out;
  out.owner = "own\xFF";
  out.encoding = "SQL_ASCII";
  out.collate = "C";
  out.ctype = "C.UTF-8";
  out.locale_provider = "icu";
  out.locale = "en-US";
  out.icu_rules = "& a < b";
  out.collation_version = "153.14";
  out.actual_collation_version = "153.120";
  out.tablespace = "pg_default";
  out.connection_limit = -1;
  out.is_template = true;
  out.allow_connections = false;
  out.comment = "it's \xE9";
  out.grants = {{.grantor = "own\xFF", .grantee = "", .privilege = "CONNECT", .grantable = true}};
  out.labels = {{.provider = "selinux", .label = "l"}};
  out.settings = {{.role = "", .name = "search_path", .value = "\"a b\", \xFF"}};
  out.extensions = {{.name = "postgis", .version = "3.3.2", .schema = "geo\xFF"}};
  out.roles = {"own\xFF", "reader"};
  return out;
}

PostgresDatabaseFacts read(const base::Json& json) { return postgres_properties_from(Fields(json, object)); }

TEST(PostgresProperties, GoThereAndBack) {
  const base::Json json = base::parse_json(base::to_text(to_json(example())), object);
  EXPECT_EQ(read(json), example());
  EXPECT_EQ(read(to_json(PostgresDatabaseFacts{})), PostgresDatabaseFacts{});
}

TEST(PostgresProperties, AreRefusedWithAnyFieldMissingOrOfTheWrongKind) {
  const base::Json json = to_json(example());
  const auto refused = [](const base::Json& damaged_json, const std::string& field) {
    EXPECT_EQ(test::error_of([&] { (void)read(damaged_json); }).code, "damaged_manifest") << field;
  };
  for (const auto& [key, value] : json.items()) {
    base::Json changed = json;
    if (!key.ends_with("_hex")) {
      changed.erase(key);
      refused(changed, key);
    }
    changed[key] = value.is_number() ? base::Json("text") : base::Json(1.5);
    refused(changed, key);
    if (value.is_array()) {
      for (const auto& [inner, text] : value.front().items()) {
        if (!inner.ends_with("_hex")) {
          base::Json without = json;
          without[key].front().erase(inner);
          refused(without, key + "." + inner);
        }
      }
    }
  }
}

}  // namespace
}  // namespace dbrollback::snapshot
