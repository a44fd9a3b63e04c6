#include "engine/database/postgres/describe.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "engine/base/text.hpp"
#include "engine/database/postgres/column_order.hpp"
#include "engine/database/postgres/large_objects.hpp"
#include "engine/database/postgres/read_properties.hpp"
#include "engine/database/postgres/read_schema.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr std::size_t sequences_per_statement = 200;

constexpr const char* facts_sql = R"(
SELECT s.system_identifier, d.oid, d.datname, pg_is_in_recovery(), txid_current_snapshot()::text,
       CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END,
       coalesce(pg_stat_get_db_stat_reset_time(d.oid)::text, ''), pg_database_size(d.oid),
       current_setting('server_version')
FROM pg_control_system() s, pg_database d WHERE d.datname = current_database())";

bool needs_quotes(const std::string& name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return name.empty() || !plain(name.front()) ||
         !std::ranges::all_of(name, [&](char c) { return plain(c) || (c >= '0' && c <= '9'); });
}

PostgresTableFacts facts_of(const Relation& table) {
  PostgresTableFacts out;
  out.schema = table.schema;
  out.name = table.name;
  out.oid = table.oid;
  out.file_node = table.file_node;
  out.tablespace = table.tablespace;
  out.blocks = table.blocks;
  out.inserted = table.counters.inserted;
  out.updated = table.counters.updated;
  out.deleted = table.counters.deleted;
  for (const Column& column : table.columns) {
    if (!column.generated) {
      out.column_numbers.push_back(column.number);
    }
  }
  return out;
}

schema::Table table_of(const Relation& relation) {
  schema::Table table{.name = shown_name(relation.schema, relation.name), .columns = {}, .key = relation.key};
  for (const Column& column : relation.columns) {
    schema::Column& out = table.columns.emplace_back();
    out.name = column.name;
    out.type = column.type;
    out.generated = column.generated;
  }
  return table;
}

constexpr const char* invalid_indexes_sql = R"(
SELECT n.nspname, x.relname FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = x.relnamespace
WHERE NOT i.indisvalid AND c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
ORDER BY n.nspname COLLATE "C", x.relname COLLATE "C")";

// A failed CREATE INDEX CONCURRENTLY leaves one, and pg_dump does not know it.
void leave_out_invalid_indexes(Connection& connection, Description& out) {
  const Result rows = connection.execute(invalid_indexes_sql);
  for (int row = 0; row < rows.rows(); ++row) {
    out.left_out.emplace_back("index " + shown_name(rows.text(row, 0), rows.text(row, 1)),
                              "it is invalid: building it failed or has not ended");
  }
}

constexpr const char* system_languages_sql = R"(
SELECT l.lanname FROM pg_language l
WHERE l.oid >= 16384 AND EXISTS (SELECT FROM unnest(ARRAY[l.lanplcallfoid, l.laninline, l.lanvalidator]) AS f(oid)
                                 WHERE f.oid BETWEEN 1 AND 16383)
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_language'::regclass AND e.objid = l.oid AND e.deptype = 'e')
ORDER BY l.lanname COLLATE "C")";

// pg_dump leaves out what such a language is made of, and CREATE LANGUAGE without that makes an extension.
void leave_out_languages(Connection& connection, Description& out) {
  const Result rows = connection.execute(system_languages_sql);
  for (int row = 0; row < rows.rows(); ++row) {
    out.left_out.emplace_back("language " + shown_identifier(rows.text(row, 0)),
                              "its handlers are the system's: a restore makes the extension of its name instead, and "
                              "fails where the server has none");
  }
}

void leave_out_orders(Connection& connection, Description& out) {
  for (const TableName& table : reordered_tables(connection)) {
    out.left_out.emplace_back("order of columns of table " + shown_name(table.schema, table.name),
                              "a restore puts those that it inherits before its own, as pg_dump does");
  }
}

constexpr const char* object_labels_sql = R"(
SELECT DISTINCT objoid FROM pg_seclabel WHERE classoid = 'pg_largeobject'::regclass ORDER BY objoid)";

void leave_out_labels(Connection& connection, Description& out) {
  const Result rows = connection.execute(object_labels_sql);
  for (int row = 0; row < rows.rows(); ++row) {
    out.left_out.emplace_back(cat("security labels of large object ", rows.text(row, 0)),
                              "this version stores none of large objects");
  }
}

constexpr const char* not_chosen = "not chosen: its rows are not stored";

// With large objects among them, in order.
std::vector<Relation> with_large_objects(Connection& connection, std::vector<Relation> out, const TableChoice& choice,
                                         Description& about) {
  std::vector<Relation> objects = large_object_relations(connection);
  if (!objects.empty() && !choice.large_objects()) {
    about.left_out.emplace_back("large objects", not_chosen);
    about.partial.emplace();
    objects.clear();
  }
  std::ranges::move(objects, std::back_inserter(out));
  std::ranges::sort(out, {}, [](const Relation& each) { return std::tie(each.schema, each.name); });
  return out;
}

// Nothing is left out silently.
void leave_out(const Relation& relation, Description& out) {
  const std::string name = shown_name(relation.schema, relation.name);
  if (relation.kind == 'f') {
    out.left_out.emplace_back("foreign table " + name, "its rows are another server's");
  } else if (relation.kind == 'r' && !relation.has_rows()) {
    out.left_out.emplace_back("table " + name,
                              cat("it belongs to the extension ", relation.extension, ", which makes it again"));
  } else if (relation.has_rows()) {
    out.left_out.emplace_back("table " + name, not_chosen);
    out.partial.emplace();
  }
}

void describe_choice(Connection& connection, const std::vector<Relation>& relations, const TableChoice& choice,
                     Description& out) {
  if (out.partial) {
    out.partial->tables = choice.tables();
    out.partial->exclude_tables = choice.excluded();
    out.partial->foreign_keys = keys_to_unchosen(connection, relations);
  }
}

}  // namespace

std::string shown_identifier(const std::string& name) { return needs_quotes(name) ? quote(name) : name; }

std::string shown_name(const std::string& schema, const std::string& name) {
  return cat(shown_identifier(schema), ".", shown_identifier(name));
}

std::string name_in_table(const std::string& name, const std::string& table) { return cat(name, " on ", table); }

std::vector<SequenceFacts> read_sequences(Connection& connection, const std::vector<Relation>& relations) {
  std::vector<SequenceFacts> out;
  for (const Relation& relation : relations) {
    if (relation.kind == 'S') {
      out.push_back({.schema = relation.schema, .name = relation.name});
    }
  }
  for (std::size_t first = 0; first < out.size(); first += sequences_per_statement) {
    const std::size_t end = std::min(first + sequences_per_statement, out.size());
    std::string sql;
    for (std::size_t i = first; i < end; ++i) {
      sql += cat(sql.empty() ? "" : " UNION ALL ", "SELECT ", i, ", last_value, is_called FROM ",
                 quote(out[i].schema, out[i].name));
    }
    const Result values = connection.execute(sql);
    for (int row = 0; row < values.rows(); ++row) {
      SequenceFacts& sequence = out[static_cast<std::size_t>(values.integer(row, 0))];
      sequence.last_value = values.integer(row, 1);
      sequence.is_called = values.boolean(row, 2);
    }
  }
  return out;
}

Description describe(Connection& connection, const std::vector<Relation>& relations, const TableChoice& choice,
                     std::vector<Relation>& tables) {
  const Result facts = connection.execute(facts_sql);
  Description out;
  out.engine = "postgres";
  out.source = connection.shown();
  out.encoding = connection.encoding();
  out.server_version = facts.text(0, 8);
  out.size = static_cast<std::uint64_t>(facts.integer(0, 7));
  PostgresFacts& about = out.postgres.emplace();
  about.system_identifier = facts.text(0, 0);
  about.database_oid = static_cast<std::uint32_t>(facts.integer(0, 1));
  about.database = facts.text(0, 2);
  about.standby = facts.boolean(0, 3);
  about.snapshot = facts.text(0, 4);
  about.lsn = facts.text(0, 5);
  about.counters_reset = facts.text(0, 6);
  about.properties = read_properties(connection);
  about.sequences = read_sequences(connection, relations);
  out.schema.objects = read_objects(connection);
  leave_out_invalid_indexes(connection, out);
  leave_out_languages(connection, out);
  leave_out_orders(connection, out);
  leave_out_labels(connection, out);
  for (const Relation& relation : with_large_objects(connection, relations, choice, out)) {
    if (relation.kind == 'm') {
      about.materialized_views.push_back(
          {.schema = relation.schema, .name = relation.name, .populated = relation.populated});
    } else if (relation.has_rows() && relation.chosen) {
      out.schema.tables.push_back(table_of(relation));
      out.postgres_tables.push_back(facts_of(relation));
      tables.push_back(relation);
    } else {
      leave_out(relation, out);
    }
  }
  describe_choice(connection, relations, choice, out);
  return out;
}

}  // namespace dbrollback::database::postgres
