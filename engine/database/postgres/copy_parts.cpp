#include "engine/database/postgres/copy_parts.hpp"

#include <algorithm>
#include <numeric>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr std::uint64_t blocks_per_part = 1024;
constexpr int ctid_ranges_since = 140000;

// Parts of a table whose rows are not in blocks, or are chosen by a filter, would be read whole for each.
bool can_be_cut(const Relation& table, int server_version) {
  return server_version >= ctid_ranges_since && table.access_method == "heap" && table.filter.empty() &&
         table.query.empty() && table.blocks >= 2 * blocks_per_part;
}

std::string column_list(const Relation& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) {
    if (!column.generated) {
      names.push_back(quote(column.name));
    }
  }
  return base::join(names, ", ");
}

std::string range_of(const CopyPart& part) {
  const std::string from = cat("ctid >= '(", part.first_block, ",0)'::tid");
  return part.last ? from : cat(from, " AND ctid < '(", part.end_block, ",0)'::tid");
}

}  // namespace

std::vector<CopyPart> copy_parts(const std::vector<Relation>& tables, int server_version, bool sequential) {
  std::vector<std::uint32_t> order(tables.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](auto a, auto b) { return tables[a].blocks > tables[b].blocks; });
  std::vector<CopyPart> parts;
  for (const std::uint32_t at : order) {
    const Relation& table = tables[at];
    if (sequential || !can_be_cut(table, server_version)) {
      parts.push_back(
          {.table = at, .number = 0, .first_block = 0, .end_block = table.blocks, .whole = true, .last = true});
      continue;
    }
    std::uint32_t number = 0;
    for (std::uint64_t block = 0; block < table.blocks; block += blocks_per_part) {
      const std::uint64_t end = std::min(block + blocks_per_part, table.blocks);
      parts.push_back({.table = at,
                       .number = number++,
                       .first_block = block,
                       .end_block = end,
                       .whole = false,
                       .last = end == table.blocks});
    }
  }
  return parts;
}

std::string copy_sql(const Relation& table, const CopyPart& part, const std::string& encoding) {
  const std::string columns = column_list(table);
  const std::string options =
      encoding == "UTF8" || encoding == "SQL_ASCII" ? "" : cat(" WITH (ENCODING ", literal(encoding), ")");
  if (!table.query.empty()) {
    return cat("COPY (", table.query, ") TO STDOUT", options);
  }
  if (part.whole && table.filter.empty() && !columns.empty()) {
    return cat("COPY ", table.quoted(), " (", columns, ") TO STDOUT", options);
  }
  const std::string where = part.whole ? table.filter : cat("WHERE ", range_of(part));
  return cat("COPY (SELECT ", columns, " FROM ONLY ", table.quoted(), " ", where, ") TO STDOUT", options);
}

Content content_of(Connection& connection, const std::string& copy_sql) {
  Content content;
  content.rows = connection.copy_out(
      copy_sql, [&](base::ByteView line) { content.hash += base::xxh3_128(line.first(line.size() - 1)); });
  return content;
}

}  // namespace dbrollback::database::postgres
