#include "schema/model.hpp"

#include <algorithm>
#include <cctype>

namespace dbrollback::schema {

namespace {

std::string folded(const std::string& sql) {
  std::string out;
  char quote = 0;
  for (const char c : sql) {
    if (quote != 0) {
      out += c;
      quote = c == quote ? 0 : quote;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      if (!out.empty() && out.back() != ' ') {
        out += ' ';
      }
    } else {
      out += c;
      quote = c == '\'' || c == '"' || c == '`' ? c : c == '[' ? ']' : 0;
    }
  }
  return out;
}

}  // namespace

const Table* find_table(const Schema& schema, const std::string& name) {
  const auto at = std::ranges::find(schema.tables, name, &Table::name);
  return at == schema.tables.end() ? nullptr : &*at;
}

std::string canonical_text(const Schema& schema) {
  std::string out;
  for (const auto& object : schema.objects) {
    for (const auto& part : {object.kind, object.name, object.table, folded(object.sql)}) {
      out += std::to_string(part.size());
      out += ':';
      out += part;
    }
    out += '\n';
  }
  return out;
}

}  // namespace dbrollback::schema
