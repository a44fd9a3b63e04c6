#include "engine/snapshot/postgres_facts.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "engine/snapshot/json_lists.hpp"
#include "engine/snapshot/postgres_properties.hpp"

namespace dbrollback::snapshot {

using base::Json;

namespace {

std::uint32_t id_of(const Fields& fields, const char* key) {
  const std::uint64_t id = fields.number(key);
  if (id > std::numeric_limits<std::uint32_t>::max()) {
    damaged(fields.name(), base::cat("is damaged: field '", key, "'"));
  }
  return static_cast<std::uint32_t>(id);
}

}  // namespace

Json to_json(const PostgresTableFacts& facts) {
  Json out = Json::object();
  put_text(out, "schema", facts.schema);
  put_text(out, "name", facts.name);
  out["oid"] = facts.oid;
  out["file_node"] = facts.file_node;
  out["tablespace"] = facts.tablespace;
  out["blocks"] = facts.blocks;
  out["inserted"] = facts.inserted;
  out["updated"] = facts.updated;
  out["deleted"] = facts.deleted;
  out["column_numbers"] = facts.column_numbers;
  return out;
}

Json to_json(const LooseKeyFacts& key) {
  Json out = Json::object();
  out["oid"] = key.oid;
  put_text(out, "schema", key.schema);
  put_text(out, "table", key.table);
  put_text(out, "name", key.name);
  put_text(out, "object", key.object);
  put_text(out, "refers_to", key.refers_to);
  return out;
}

LooseKeyFacts loose_key_from(const Json& json, const std::string& object) {
  const Fields fields(json, object);
  return {.oid = id_of(fields, "oid"),
          .schema = get_text(fields, "schema"),
          .table = get_text(fields, "table"),
          .name = get_text(fields, "name"),
          .object = get_text(fields, "object"),
          .refers_to = get_text(fields, "refers_to")};
}

PostgresTableFacts postgres_table_from(const Json& json, const std::string& object) {
  const Fields fields(json, object);
  PostgresTableFacts out;
  out.schema = get_text(fields, "schema");
  out.name = get_text(fields, "name");
  out.oid = id_of(fields, "oid");
  out.file_node = id_of(fields, "file_node");
  out.tablespace = fields.text("tablespace");
  out.blocks = fields.number("blocks");
  out.inserted = fields.number("inserted");
  out.updated = fields.number("updated");
  out.deleted = fields.number("deleted");
  for (const Json& number : fields.list("column_numbers")) {
    if (!number.is_number_unsigned() || number.get<std::uint64_t>() > 1600) {  // PostgreSQL has no more columns
      damaged(object, "is damaged: the number of a column");
    }
    out.column_numbers.push_back(number.get<int>());
  }
  return out;
}

Json to_json(const PostgresFacts& facts) {
  return {{"system_identifier", facts.system_identifier},
          {"database_oid", facts.database_oid},
          {"database", facts.database},
          {"standby", facts.standby},
          {"snapshot", facts.snapshot},
          {"lsn", facts.lsn},
          {"counters_reset", facts.counters_reset},
          {"properties", to_json(facts.properties)},
          {"sequences", list_of(facts.sequences,
                                [](Json& item, const SequenceFacts& sequence) {
                                  put_text(item, "schema", sequence.schema);
                                  put_text(item, "name", sequence.name);
                                  item["last_value"] = sequence.last_value;
                                  item["is_called"] = sequence.is_called;
                                })},
          {"materialized_views", list_of(facts.materialized_views, [](Json& item, const MaterializedViewFacts& view) {
             put_text(item, "schema", view.schema);
             put_text(item, "name", view.name);
             item["populated"] = view.populated;
           })}};
}

PostgresFacts postgres_facts_from(const Json& json, const std::string& object) {
  const Fields fields(json, object);
  PostgresFacts out;
  out.system_identifier = fields.text("system_identifier");
  out.database_oid = id_of(fields, "database_oid");
  out.database = fields.text("database");
  out.standby = fields.flag("standby");
  out.snapshot = fields.text("snapshot");
  out.lsn = fields.text("lsn");
  out.counters_reset = fields.text("counters_reset");
  out.properties = postgres_properties_from(fields.object("properties"));
  out.sequences = items_of(fields, "sequences", [](const Fields& item) {
    return SequenceFacts{.schema = get_text(item, "schema"),
                         .name = get_text(item, "name"),
                         .last_value = item.signed_number("last_value"),
                         .is_called = item.flag("is_called")};
  });
  out.materialized_views = items_of(fields, "materialized_views", [](const Fields& item) {
    return MaterializedViewFacts{
        .schema = get_text(item, "schema"), .name = get_text(item, "name"), .populated = item.flag("populated")};
  });
  return out;
}

}  // namespace dbrollback::snapshot
