#include "engine/database/postgres/load_order.hpp"

#include <map>
#include <set>

namespace dbrollback::database::postgres {

namespace {

// Which table refers to which; a partitioned one by each of its partitions.
constexpr const char* references_sql = R"(
WITH part(leaf, above) AS (
  SELECT c.oid, a.relid::oid FROM pg_class c CROSS JOIN LATERAL pg_partition_ancestors(c.oid) AS a
  WHERE c.relkind = 'r' AND c.relispartition
  UNION SELECT oid, oid FROM pg_class WHERE relkind = 'r'
)
SELECT DISTINCT f.leaf, t.leaf
FROM pg_constraint k JOIN part f ON f.above = k.conrelid JOIN part t ON t.above = k.confrelid
WHERE k.contype = 'f' AND NOT k.condeferrable AND f.leaf <> t.leaf ORDER BY f.leaf, t.leaf)";

}  // namespace

LoadOrder load_order(Connection& connection, const std::vector<std::uint32_t>& tables) {
  std::map<std::uint32_t, std::size_t> places;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    places[tables[i]] = i;
  }
  std::vector<std::set<std::size_t>> waits_for(tables.size());
  std::vector<std::vector<std::size_t>> waited_for_by(tables.size());
  const Result rows = connection.execute(references_sql);
  for (int row = 0; row < rows.rows(); ++row) {
    const auto from = places.find(static_cast<std::uint32_t>(rows.integer(row, 0)));
    const auto to = places.find(static_cast<std::uint32_t>(rows.integer(row, 1)));
    if (from != places.end() && to != places.end() && waits_for[from->second].insert(to->second).second) {
      waited_for_by[to->second].push_back(from->second);
    }
  }
  LoadOrder out;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (waits_for[i].empty()) {
      out.order.push_back(i);
    }
  }
  for (std::size_t next = 0; next < out.order.size(); ++next) {
    const std::size_t done = out.order[next];
    for (const std::size_t waiting : waited_for_by[done]) {
      waits_for[waiting].erase(done);
      if (waits_for[waiting].empty()) {
        out.order.push_back(waiting);
      }
    }
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!waits_for[i].empty()) {
      out.circle.push_back(i);
    }
  }
  out.order.insert(out.order.end(), out.circle.begin(), out.circle.end());
  return out;
}

}  // namespace dbrollback::database::postgres
