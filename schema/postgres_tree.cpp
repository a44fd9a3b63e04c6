#include "schema/postgres_tree.hpp"

#include <pg_query.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace dbrollback::schema {

namespace {

// Not those that are called alike in both places.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> type_names = {{
    {"bool", "boolean"},
    {"bpchar", "character"},
    {"char", "\"char\""},  // the parser knows char as bpchar
    {"float4", "real"},
    {"float8", "double precision"},
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int8", "bigint"},
    {"time", "time without time zone"},
    {"timestamp", "timestamp without time zone"},
    {"timestamptz", "timestamp with time zone"},
    {"timetz", "time with time zone"},
    {"varchar", "character varying"},
}};

// "(10,2)"; an interval's first number is of the parser's own.
std::string modifiers_of(const Tree& type, const std::string& name) {
  std::string out;
  for (const Tree& modifier : name == "interval" ? Tree::array() : list(type, "typmods")) {
    out += out.empty() ? '(' : ',';
    out += std::to_string(field(node(modifier, "A_Const"), "ival").value("ival", 0));
  }
  return out.empty() ? out : out + ')';
}

}  // namespace

Tree parsed(const std::string& statement) {
  const PgQueryParseResult result = pg_query_parse(statement.c_str());
  Tree out;
  if (result.error == nullptr) {
    const auto wanted = [](int, Tree::parse_event_t event, Tree& value) {
      return event != Tree::parse_event_t::key || value != "valuesLists";
    };
    const Tree all = Tree::parse(result.parse_tree, wanted);
    const Tree& statements = list(all, "stmts");
    out = statements.empty() ? Tree() : field(statements.front(), "stmt");
  }
  pg_query_free_parse_result(result);
  return out;
}

const Tree& field(const Tree& object, std::string_view name) {
  static const Tree none;
  if (!object.is_object()) {
    return none;
  }
  const auto at = object.find(name);
  return at == object.end() ? none : *at;
}

std::string text_field(const Tree& object, std::string_view name) {
  const Tree& value = field(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool flag(const Tree& object, std::string_view name) { return field(object, name) == true; }

const Tree& list(const Tree& object, std::string_view name) {
  static const Tree none = Tree::array();
  const Tree& value = field(object, name);
  return value.is_array() ? value : none;
}

std::string table_of(const Tree& range) {
  const std::string schema = text_field(range, "schemaname");
  return schema.empty() ? text_field(range, "relname") : schema + "." + text_field(range, "relname");
}

std::string dotted(const Tree& names) {
  std::string out;
  for (const Tree& name : names) {
    out.append(out.empty() ? "" : ".").append(text_field(node(name, "String"), "sval"));
  }
  return out;
}

std::string object_name(const Tree& object) {
  if (const Tree& name = node(object, "String"); !name.is_null()) {
    return text_field(name, "sval");
  }
  if (const Tree& type = node(object, "TypeName"); !type.is_null()) {
    return dotted(list(type, "names"));
  }
  const Tree& function = node(object, "ObjectWithArgs");
  return dotted(function.is_null() ? list(node(object, "List"), "items") : list(function, "objname"));
}

std::string type_of(const Tree& type) {
  std::string name = dotted(list(type, "names"));
  constexpr std::string_view own = "pg_catalog.";
  if (name.starts_with(own)) {
    name.erase(0, own.size());
  }
  const std::string modifiers = modifiers_of(type, name);
  if (const auto* at = std::ranges::find(type_names, name, &decltype(type_names)::value_type::first);
      at != type_names.end() && (name != "bpchar" || !modifiers.empty())) {
    name = at->second;
  }
  name.insert(std::min(name.find(' ', name.starts_with("time") ? 0 : std::string::npos), name.size()), modifiers);
  return list(type, "arrayBounds").empty() ? name : name + "[]";  // however many dimensions: they are one type
}

Option option(const Tree& options, std::string_view name) {
  for (const Tree& each : options) {
    const Tree& element = node(each, "DefElem");
    if (text_field(element, "defname") != name) {
      continue;
    }
    const Tree& value = field(element, "arg");
    const Tree& number = node(value, "Integer");
    const std::string word = object_name(value);
    const bool off = number.is_null() ? word == "false" || word == "off" : number.value("ival", 0) == 0;
    return off ? Option::off : Option::on;
  }
  return Option::absent;
}

}  // namespace dbrollback::schema
