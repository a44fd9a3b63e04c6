#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "schema/postgres_facts.hpp"
#include "schema/statement_warnings.hpp"

namespace dbrollback::schema {

namespace {

// Functions that have one value for all rows of a statement. Any other may have one for each row, for all that is
// known here, and then all rows are written anew.
constexpr std::array<std::string_view, 17> steady_functions = {
    "array_fill",
    "current_schema",
    "current_setting",
    "date_trunc",
    "decode",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "lower",
    "make_interval",
    "md5",
    "now",
    "statement_timestamp",
    "timezone",
    "transaction_timestamp",
    "upper",
};

bool calls_unsteady(const Tree& expression) {
  if (const Tree& call = node(expression, "FuncCall"); !call.is_null()) {
    const std::string name = dotted(list(call, "funcname"));
    if (std::ranges::find(steady_functions, name.substr(name.rfind('.') + 1)) == steady_functions.end()) {
      return true;
    }
  }
  return expression.is_structured() && std::ranges::any_of(expression, calls_unsteady);
}

// Why all rows are written anew for a new column; empty: they are not.
std::string rewrite_reason(const Tree& column) {
  const std::string type = type_of(field(column, "typeName"));
  if (type.ends_with("serial")) {
    return "a number of its own";
  }
  for (const Tree& each : list(column, "constraints")) {
    const Tree& constraint = node(each, "Constraint");
    const std::string kind = text_field(constraint, "contype");
    if (kind == "CONSTR_IDENTITY") {
      return "a number of its own";
    }
    if (kind == "CONSTR_GENERATED") {
      return "a computed value";
    }
    if (kind == "CONSTR_DEFAULT" && calls_unsteady(field(constraint, "raw_expr"))) {
      return "a default of its own";
    }
  }
  return "";
}

// What a constraint makes others wait for; empty: nothing that takes long.
std::string wait_of(const Tree& constraint) {
  static const std::map<std::string, std::string> waits{
      {"CONSTR_FOREIGN", "reads all rows to check a foreign key, while nothing can be written"},
      {"CONSTR_CHECK", "reads all rows to check a condition, under a lock that nothing gets past"},
      {"CONSTR_PRIMARY", "builds an index under a lock that nothing gets past"},
      {"CONSTR_UNIQUE", "builds an index under a lock that nothing gets past"},
      {"CONSTR_EXCLUSION", "builds an index under a lock that nothing gets past"},
  };
  const auto at = waits.find(text_field(constraint, "contype"));
  const bool is_quick = flag(constraint, "skip_validation") || !text_field(constraint, "indexname").empty();
  return at == waits.end() || is_quick ? "" : at->second;
}

void add_wait(const std::string& object, const std::string& why, StatementFacts& out) {
  if (!why.empty()) {
    out.warnings.push_back(blocking(object, why));
  }
}

// One command of an ALTER TABLE, and its table.
struct Alteration {
  std::string table;
  const Tree& command;
  const Tree& alter;

  [[nodiscard]] std::string column() const { return table + "." + text_field(command, "name"); }
};

void drop_column(const Alteration& alteration, StatementFacts& out) {
  const bool is_type = text_field(alteration.alter, "objtype") == "OBJECT_TYPE";
  out.warnings.push_back(dropping(is_type ? "attribute" : "column", alteration.column()));
}

void retype(const Alteration& alteration, StatementFacts& out) {
  const std::string column = text_field(alteration.command, "name");
  const std::string type = type_of(field(node(field(alteration.command, "def"), "ColumnDef"), "typeName"));
  out.retyped.push_back({.table = alteration.table, .column = column, .type = type});
  out.warnings.push_back({.kind = "narrows",
                          .object = alteration.column(),
                          .text = alteration.column() + " becomes " + type + ": may lose precision or fail, and most " +
                                  "changes of a type write all rows anew, under a lock that nothing gets past"});
}

void set_not_null(const Alteration& alteration, StatementFacts& out) {
  add_wait(alteration.column(), "reads all rows to look for NULL, under a lock that nothing gets past", out);
}

void add_column(const Alteration& alteration, StatementFacts& out) {
  const Tree& column = node(field(alteration.command, "def"), "ColumnDef");
  const std::string object = alteration.table + "." + text_field(column, "colname");
  if (const std::string reason = rewrite_reason(column); !reason.empty()) {
    add_wait(object, "writes all rows anew, each with " + reason + ", under a lock that nothing gets past", out);
  }
  for (const Tree& constraint : list(column, "constraints")) {
    add_wait(object, wait_of(node(constraint, "Constraint")), out);
  }
}

void add_constraint(const Alteration& alteration, StatementFacts& out) {
  add_wait(alteration.table, wait_of(node(field(alteration.command, "def"), "Constraint")), out);
}

void rewrite(const Alteration& alteration, StatementFacts& out) { out.warnings.push_back(rewriting(alteration.table)); }

void detach(const Alteration& alteration, StatementFacts& out) {
  if (flag(node(field(alteration.command, "def"), "PartitionCmd"), "concurrent")) {
    out.refuses_transaction = true;
  }
}

}  // namespace

void add_alter_table_facts(const Tree& alter, StatementFacts& out) {
  static const std::map<std::string, void (*)(const Alteration&, StatementFacts&)> commands{
      {"AT_AddColumn", add_column},   {"AT_AddConstraint", add_constraint}, {"AT_AlterColumnType", retype},
      {"AT_DetachPartition", detach}, {"AT_DropColumn", drop_column},       {"AT_SetAccessMethod", rewrite},
      {"AT_SetLogged", rewrite},      {"AT_SetNotNull", set_not_null},      {"AT_SetTableSpace", rewrite},
      {"AT_SetUnLogged", rewrite},
  };
  const std::string table = table_of(field(alter, "relation"));
  for (const Tree& each : list(alter, "cmds")) {
    const Alteration alteration{.table = table, .command = node(each, "AlterTableCmd"), .alter = alter};
    if (const auto at = commands.find(text_field(alteration.command, "subtype")); at != commands.end()) {
      at->second(alteration, out);
    }
    if (text_field(alteration.command, "behavior") == "DROP_CASCADE") {
      out.warnings.push_back(cascading(alteration.column()));
    }
  }
}

}  // namespace dbrollback::schema
