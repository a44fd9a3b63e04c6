#include "engine/snapshot/postgres_facts.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "engine/base/text.hpp"
#include "engine/snapshot/fields.hpp"
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

// Names are those of a database that need not be UTF-8.
void put_name(Json& out, const std::string& schema, const std::string& name) {
  out["schema"] = schema;
  out["name"] = name;
  keep_bytes(out, "schema_hex", schema);
  keep_bytes(out, "name_hex", name);
}

template <class Facts>
void get_name(const Fields& fields, Facts& into) {
  into.schema = with_bytes(fields, "schema_hex", fields.text("schema"));
  into.name = with_bytes(fields, "name_hex", fields.text("name"));
}

}  // namespace

Json to_json(const PostgresTableFacts& facts) {
  Json out = Json::object();
  put_name(out, facts.schema, facts.name);
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

PostgresTableFacts postgres_table_from(const Json& json, const std::string& object) {
  const Fields fields(json, object);
  PostgresTableFacts out;
  get_name(fields, out);
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
  Json sequences = Json::array();
  for (const SequenceFacts& sequence : facts.sequences) {
    Json item = Json::object();
    put_name(item, sequence.schema, sequence.name);
    item["last_value"] = sequence.last_value;
    item["is_called"] = sequence.is_called;
    sequences.push_back(std::move(item));
  }
  Json views = Json::array();
  for (const MaterializedViewFacts& view : facts.materialized_views) {
    Json item = Json::object();
    put_name(item, view.schema, view.name);
    item["populated"] = view.populated;
    views.push_back(std::move(item));
  }
  return {{"system_identifier", facts.system_identifier},
          {"database_oid", facts.database_oid},
          {"database", facts.database},
          {"standby", facts.standby},
          {"snapshot", facts.snapshot},
          {"lsn", facts.lsn},
          {"counters_reset", facts.counters_reset},
          {"properties", to_json(facts.properties)},
          {"sequences", std::move(sequences)},
          {"materialized_views", std::move(views)}};
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
  for (const Json& item : fields.list("sequences")) {
    const Fields sequence(item, object);
    SequenceFacts& facts = out.sequences.emplace_back();
    get_name(sequence, facts);
    facts.last_value = sequence.signed_number("last_value");
    facts.is_called = sequence.flag("is_called");
  }
  for (const Json& item : fields.list("materialized_views")) {
    const Fields view(item, object);
    MaterializedViewFacts& facts = out.materialized_views.emplace_back();
    get_name(view, facts);
    facts.populated = view.flag("populated");
  }
  return out;
}

}  // namespace dbrollback::snapshot
