#include "schema/postgres_facts.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "schema/postgres_tokens.hpp"
#include "schema/statement_warnings.hpp"

namespace dbrollback::schema {

namespace {

bool cascades(const Tree& statement) { return text_field(statement, "behavior") == "DROP_CASCADE"; }

// What holds data, or rows that depend on it.
const std::map<std::string, std::string>& holders() {
  static const std::map<std::string, std::string> names{
      {"OBJECT_DOMAIN", "domain"}, {"OBJECT_EXTENSION", "extension"}, {"OBJECT_MATVIEW", "materialized view"},
      {"OBJECT_SCHEMA", "schema"}, {"OBJECT_SEQUENCE", "sequence"},   {"OBJECT_TABLE", "table"},
      {"OBJECT_TYPE", "type"},
  };
  return names;
}

void add_drop(const Tree& drop, StatementFacts& out) {
  const std::string kind = text_field(drop, "removeType");
  const bool is_index = kind == "OBJECT_INDEX";
  const bool concurrent = flag(drop, "concurrent");
  out.refuses_transaction = concurrent;
  const auto holder = holders().find(kind);
  for (const Tree& object : list(drop, "objects")) {
    const std::string name = object_name(object);
    if (kind == "OBJECT_TABLE") {
      out.drops_tables.push_back(name);
    }
    if (holder != holders().end()) {
      out.warnings.push_back(dropping(holder->second, name));
    }
    if (is_index && !concurrent) {
      out.warnings.push_back(blocking(name, "waits for all that use its table, and nothing gets past it meanwhile"));
    }
    if (cascades(drop)) {
      out.warnings.push_back(cascading(name));
    }
  }
}

void add_drop_database(const Tree& drop, StatementFacts& out) {
  out.refuses_transaction = true;
  out.warnings.push_back(dropping("database", text_field(drop, "dbname")));
}

void add_drop_owned(const Tree& drop, StatementFacts& out) {
  for (const Tree& role : list(drop, "roles")) {
    const std::string name = text_field(node(role, "RoleSpec"), "rolename");
    out.warnings.push_back({.kind = "drops", .object = name, .text = "drops all that " + name + " owns"});
    if (cascades(drop)) {
      out.warnings.push_back(cascading(name));
    }
  }
}

void add_truncate(const Tree& truncate, StatementFacts& out) {
  for (const Tree& relation : list(truncate, "relations")) {
    const std::string table = table_of(node(relation, "RangeVar"));
    out.writes_tables.push_back(table);
    out.warnings.push_back({.kind = "deletes", .object = table, .text = "deletes all rows of " + table});
    if (cascades(truncate)) {
      out.warnings.push_back(
          {.kind = "cascade", .object = table, .text = "and of all tables with foreign keys to " + table});
    }
  }
}

void add_copy(const Tree& copy, StatementFacts& out) {
  if (flag(copy, "is_from")) {
    out.writes_tables.push_back(table_of(field(copy, "relation")));
  } else {
    add_write_facts(field(copy, "query"), out);
  }
}

// In quotes where it needs them, or may need them.
std::string quoted_name(const std::string& name) {
  const PostgresTokens tokens(name);
  const bool is_plain = tokens.size() == 1 && tokens[0].token == PG_QUERY__TOKEN__IDENT &&
                        static_cast<std::size_t>(tokens[0].end) == name.size() &&
                        name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  return is_plain ? name : sql_name(name);
}

std::string quoted_table(const Tree& relation) {
  const std::string schema = text_field(relation, "schemaname");
  const std::string table = quoted_name(text_field(relation, "relname"));
  return schema.empty() ? table : quoted_name(schema) + "." + table;
}

void add_index(const Tree& index, StatementFacts& out) {
  const Tree& relation = field(index, "relation");
  if (flag(index, "concurrent")) {
    out.refuses_transaction = true;
    out.index = text_field(index, "idxname");
    out.index_table = quoted_table(relation);
  } else {
    out.warnings.push_back(blocking(table_of(relation), "nothing can be written while the index is built"));
  }
}

void add_reindex(const Tree& reindex, StatementFacts& out) {
  const std::string kind = text_field(reindex, "kind");
  const bool concurrent = option(list(reindex, "params"), "concurrently") == Option::on;
  const bool is_one = kind == "REINDEX_OBJECT_INDEX" || kind == "REINDEX_OBJECT_TABLE";
  out.refuses_transaction = concurrent || !is_one;
  if (!concurrent) {
    const std::string name = is_one ? table_of(field(reindex, "relation")) : text_field(reindex, "name");
    out.warnings.push_back(blocking(name, "nothing can be written while the indexes are built"));
  }
}

void add_vacuum(const Tree& vacuum, StatementFacts& out) {
  out.refuses_transaction = flag(vacuum, "is_vacuumcmd");
  if (option(list(vacuum, "options"), "full") != Option::on) {
    return;
  }
  const Tree& relations = list(vacuum, "rels");
  if (relations.empty()) {
    out.warnings.push_back(rewriting(""));
  }
  for (const Tree& relation : relations) {
    out.warnings.push_back(rewriting(table_of(field(node(relation, "VacuumRelation"), "relation"))));
  }
}

void add_cluster(const Tree& cluster, StatementFacts& out) {
  const std::string table = table_of(field(cluster, "relation"));
  out.refuses_transaction = table.empty();
  out.warnings.push_back(rewriting(table));
}

void add_refresh(const Tree& refresh, StatementFacts& out) {
  if (!flag(refresh, "concurrent")) {
    out.warnings.push_back(blocking(table_of(field(refresh, "relation")), "nothing can read it meanwhile"));
  }
}

void add_lock(const Tree& lock, StatementFacts& out) {
  for (const Tree& relation : list(lock, "relations")) {
    out.warnings.push_back(blocking(table_of(node(relation, "RangeVar")), "locks it to the transaction's end"));
  }
}

void add_rename(const Tree& rename, StatementFacts& out) {
  const std::string kind = text_field(rename, "renameType");
  const std::string table = table_of(field(rename, "relation"));
  if (kind == "OBJECT_COLUMN") {
    out.warnings.push_back(renaming(table + "." + text_field(rename, "subname")));
  } else if (kind == "OBJECT_SCHEMA") {
    out.warnings.push_back(renaming(text_field(rename, "subname")));
  } else if (kind == "OBJECT_TABLE" || kind == "OBJECT_VIEW" || kind == "OBJECT_MATVIEW") {
    out.warnings.push_back(renaming(table));
  }
}

void add_new_schema(const Tree& change, StatementFacts& out) {
  if (const std::string table = table_of(field(change, "relation")); !table.empty()) {
    out.warnings.push_back(renaming(table));
  }
}

// SET TRANSACTION is of the current one, as SET LOCAL is.
void add_setting(const Tree& set, StatementFacts& out) {
  const std::string name = text_field(set, "name");
  if (!flag(set, "is_local") && !name.starts_with("TRANSACTION")) {
    out.is_session_setting = true;
    out.sets = name;
  }
}

// SELECT set_config('name', 'value', false) and nothing else; and what writes below WITH.
void add_select(const Tree& select, StatementFacts& out) {
  add_write_facts(select, out);
  const Tree& targets = list(select, "targetList");
  if (targets.size() != 1 || !list(select, "fromClause").empty()) {
    return;
  }
  const Tree& call = node(field(node(targets.front(), "ResTarget"), "val"), "FuncCall");
  const std::string function = dotted(list(call, "funcname"));
  const Tree& arguments = list(call, "args");
  if ((function != "set_config" && function != "pg_catalog.set_config") || arguments.size() != 3) {
    return;
  }
  const Tree& is_local = field(node(arguments[2], "A_Const"), "boolval");
  if (!flag(is_local, "boolval")) {
    out.is_session_setting = true;
    out.sets = text_field(field(node(arguments[0], "A_Const"), "sval"), "sval");
  }
}

void add_enum(const Tree& alter, StatementFacts& out) {
  out.refuses_transaction = text_field(alter, "oldVal").empty();  // with an old value, it is a RENAME
}

void add_database(const Tree& alter, StatementFacts& out) {
  out.refuses_transaction = option(list(alter, "options"), "tablespace") != Option::absent;
}

// Where it makes a slot at the other side.
void add_subscription(const Tree& create, StatementFacts& out) {
  const Tree& options = list(create, "options");
  out.refuses_transaction = option(options, "create_slot") != Option::off && option(options, "connect") != Option::off;
}

// Where it asks the other side which tables there are.
void add_subscription_change(const Tree& alter, StatementFacts& out) {
  const std::string kind = text_field(alter, "kind");
  out.refuses_transaction =
      kind == "ALTER_SUBSCRIPTION_REFRESH" ||
      (kind.ends_with("_PUBLICATION") && option(list(alter, "options"), "refresh") != Option::off);
}

void add_discard(const Tree& discard, StatementFacts& out) {
  out.refuses_transaction = text_field(discard, "target") == "DISCARD_ALL";
}

void add_prepared(const Tree& transaction, StatementFacts& out) {
  out.refuses_transaction = text_field(transaction, "kind").ends_with("_PREPARED");
}

void refuse_transaction(const Tree&, StatementFacts& out) { out.refuses_transaction = true; }

using Rule = void (*)(const Tree&, StatementFacts&);

const std::map<std::string, Rule>& rules() {
  static const std::map<std::string, Rule> all{
      {"AlterDatabaseStmt", add_database},
      {"AlterEnumStmt", add_enum},
      {"AlterObjectSchemaStmt", add_new_schema},
      {"AlterSubscriptionStmt", add_subscription_change},
      {"AlterSystemStmt", refuse_transaction},
      {"AlterTableStmt", add_alter_table_facts},
      {"ClusterStmt", add_cluster},
      {"CopyStmt", add_copy},
      {"CreateSubscriptionStmt", add_subscription},
      {"CreateTableSpaceStmt", refuse_transaction},
      {"CreatedbStmt", refuse_transaction},
      {"DiscardStmt", add_discard},
      {"DropOwnedStmt", add_drop_owned},
      {"DropStmt", add_drop},
      {"DropSubscriptionStmt", refuse_transaction},
      {"DropTableSpaceStmt", refuse_transaction},
      {"DropdbStmt", add_drop_database},
      {"IndexStmt", add_index},
      {"LockStmt", add_lock},
      {"RefreshMatViewStmt", add_refresh},
      {"ReindexStmt", add_reindex},
      {"RenameStmt", add_rename},
      {"SelectStmt", add_select},
      {"TransactionStmt", add_prepared},
      {"TruncateStmt", add_truncate},
      {"VacuumStmt", add_vacuum},
      {"VariableSetStmt", add_setting},
  };
  return all;
}

bool writes(const std::string& kind) {
  return kind == "InsertStmt" || kind == "UpdateStmt" || kind == "DeleteStmt" || kind == "MergeStmt";
}

}  // namespace

void add_postgres_facts(const std::string& statement, const Words& words, StatementFacts& out) {
  const Tree tree = parsed(statement);
  if (!tree.is_object() || tree.empty()) {
    out.refuses_transaction = words_refuse_transaction(words);
    return;
  }
  const auto top = tree.begin();
  if (const auto rule = rules().find(top.key()); rule != rules().end()) {
    rule->second(top.value(), out);
  } else if (writes(top.key())) {
    add_write_facts(tree, out);
  }
}

}  // namespace dbrollback::schema
