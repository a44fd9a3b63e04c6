#include "engine/snapshot/postgres_properties.hpp"

#include <nlohmann/json.hpp>

#include "engine/snapshot/json_lists.hpp"

namespace dbrollback::snapshot {

using base::Json;

// Names of roles, comments and values of settings are any bytes in a database that is not UTF-8.
Json to_json(const PostgresDatabaseFacts& facts) {
  Json out = Json::object();
  put_text(out, "owner", facts.owner);
  out["encoding"] = facts.encoding;
  out["collate"] = facts.collate;
  out["ctype"] = facts.ctype;
  out["locale_provider"] = facts.locale_provider;
  out["locale"] = facts.locale;
  put_text(out, "icu_rules", facts.icu_rules);
  out["collation_version"] = facts.collation_version;
  out["actual_collation_version"] = facts.actual_collation_version;
  put_text(out, "tablespace", facts.tablespace);
  out["connection_limit"] = facts.connection_limit;
  out["is_template"] = facts.is_template;
  out["allow_connections"] = facts.allow_connections;
  put_text(out, "comment", facts.comment);
  out["grants"] = list_of(facts.grants, [](Json& item, const PostgresGrant& grant) {
    put_text(item, "grantor", grant.grantor);
    put_text(item, "grantee", grant.grantee);
    item["privilege"] = grant.privilege;
    item["grantable"] = grant.grantable;
  });
  out["labels"] = list_of(facts.labels, [](Json& item, const PostgresLabel& label) {
    put_text(item, "provider", label.provider);
    put_text(item, "label", label.label);
  });
  out["settings"] = list_of(facts.settings, [](Json& item, const PostgresSetting& setting) {
    put_text(item, "role", setting.role);
    put_text(item, "name", setting.name);
    put_text(item, "value", setting.value);
  });
  out["extensions"] = list_of(facts.extensions, [](Json& item, const PostgresExtension& extension) {
    put_text(item, "name", extension.name);
    put_text(item, "version", extension.version);
    put_text(item, "schema", extension.schema);
  });
  out["roles"] = list_of(facts.roles, [](Json& item, const std::string& role) { put_text(item, "name", role); });
  return out;
}

PostgresDatabaseFacts postgres_properties_from(const Fields& fields) {
  PostgresDatabaseFacts out;
  out.owner = get_text(fields, "owner");
  out.encoding = fields.text("encoding");
  out.collate = fields.text("collate");
  out.ctype = fields.text("ctype");
  out.locale_provider = fields.text("locale_provider");
  out.locale = fields.text("locale");
  out.icu_rules = get_text(fields, "icu_rules");
  out.collation_version = fields.text("collation_version");
  out.actual_collation_version = fields.text("actual_collation_version");
  out.tablespace = get_text(fields, "tablespace");
  out.connection_limit = fields.signed_number("connection_limit");
  out.is_template = fields.flag("is_template");
  out.allow_connections = fields.flag("allow_connections");
  out.comment = get_text(fields, "comment");
  out.grants = items_of(fields, "grants", [](const Fields& item) {
    return PostgresGrant{.grantor = get_text(item, "grantor"),
                         .grantee = get_text(item, "grantee"),
                         .privilege = item.text("privilege"),
                         .grantable = item.flag("grantable")};
  });
  out.labels = items_of(fields, "labels", [](const Fields& item) {
    return PostgresLabel{.provider = get_text(item, "provider"), .label = get_text(item, "label")};
  });
  out.settings = items_of(fields, "settings", [](const Fields& item) {
    return PostgresSetting{
        .role = get_text(item, "role"), .name = get_text(item, "name"), .value = get_text(item, "value")};
  });
  out.extensions = items_of(fields, "extensions", [](const Fields& item) {
    return PostgresExtension{
        .name = get_text(item, "name"), .version = get_text(item, "version"), .schema = get_text(item, "schema")};
  });
  out.roles = items_of(fields, "roles", [](const Fields& item) { return get_text(item, "name"); });
  return out;
}

}  // namespace dbrollback::snapshot
