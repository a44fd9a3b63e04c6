#include "engine/snapshot/postgres_properties.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

using base::Json;

namespace {

// Names of roles, comments and values of settings are any bytes in a database that is not UTF-8.
void put(Json& out, const std::string& key, const std::string& text) {
  out[key] = text;
  keep_bytes(out, base::cat(key, "_hex").c_str(), text);
}

std::string get(const Fields& fields, const std::string& key) {
  return with_bytes(fields, base::cat(key, "_hex").c_str(), fields.text(key.c_str()));
}

template <class Item, class Put>
Json list_of(const std::vector<Item>& items, Put put_item) {
  Json out = Json::array();
  for (const Item& item : items) {
    Json object = Json::object();
    put_item(object, item);
    out.push_back(std::move(object));
  }
  return out;
}

template <class Get>
auto items_of(const Fields& fields, const char* key, Get get_item) {
  std::vector<decltype(get_item(fields))> out;
  for (const Json& item : fields.list(key)) {
    out.push_back(get_item(Fields(item, fields.name())));
  }
  return out;
}

}  // namespace

Json to_json(const PostgresDatabaseFacts& facts) {
  Json out = Json::object();
  put(out, "owner", facts.owner);
  out["encoding"] = facts.encoding;
  out["collate"] = facts.collate;
  out["ctype"] = facts.ctype;
  out["locale_provider"] = facts.locale_provider;
  out["locale"] = facts.locale;
  put(out, "icu_rules", facts.icu_rules);
  out["collation_version"] = facts.collation_version;
  out["actual_collation_version"] = facts.actual_collation_version;
  put(out, "tablespace", facts.tablespace);
  out["connection_limit"] = facts.connection_limit;
  out["is_template"] = facts.is_template;
  out["allow_connections"] = facts.allow_connections;
  put(out, "comment", facts.comment);
  out["grants"] = list_of(facts.grants, [](Json& item, const PostgresGrant& grant) {
    put(item, "grantor", grant.grantor);
    put(item, "grantee", grant.grantee);
    item["privilege"] = grant.privilege;
    item["grantable"] = grant.grantable;
  });
  out["labels"] = list_of(facts.labels, [](Json& item, const PostgresLabel& label) {
    put(item, "provider", label.provider);
    put(item, "label", label.label);
  });
  out["settings"] = list_of(facts.settings, [](Json& item, const PostgresSetting& setting) {
    put(item, "role", setting.role);
    put(item, "name", setting.name);
    put(item, "value", setting.value);
  });
  out["roles"] = list_of(facts.roles, [](Json& item, const std::string& role) { put(item, "name", role); });
  return out;
}

PostgresDatabaseFacts postgres_properties_from(const Fields& fields) {
  PostgresDatabaseFacts out;
  out.owner = get(fields, "owner");
  out.encoding = fields.text("encoding");
  out.collate = fields.text("collate");
  out.ctype = fields.text("ctype");
  out.locale_provider = fields.text("locale_provider");
  out.locale = fields.text("locale");
  out.icu_rules = get(fields, "icu_rules");
  out.collation_version = fields.text("collation_version");
  out.actual_collation_version = fields.text("actual_collation_version");
  out.tablespace = get(fields, "tablespace");
  out.connection_limit = fields.signed_number("connection_limit");
  out.is_template = fields.flag("is_template");
  out.allow_connections = fields.flag("allow_connections");
  out.comment = get(fields, "comment");
  out.grants = items_of(fields, "grants", [](const Fields& item) {
    return PostgresGrant{.grantor = get(item, "grantor"),
                         .grantee = get(item, "grantee"),
                         .privilege = item.text("privilege"),
                         .grantable = item.flag("grantable")};
  });
  out.labels = items_of(fields, "labels", [](const Fields& item) {
    return PostgresLabel{.provider = get(item, "provider"), .label = get(item, "label")};
  });
  out.settings = items_of(fields, "settings", [](const Fields& item) {
    return PostgresSetting{.role = get(item, "role"), .name = get(item, "name"), .value = get(item, "value")};
  });
  out.roles = items_of(fields, "roles", [](const Fields& item) { return get(item, "name"); });
  return out;
}

}  // namespace dbrollback::snapshot
