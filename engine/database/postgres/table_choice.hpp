// Whose rows a snapshot stores, by patterns: `*` is any text, `?` any character.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/snapshot.hpp"
#include "engine/database/postgres/relations.hpp"

namespace dbrollback::database::postgres {

// A pattern with a point in it is compared with schema and name, another one with the name in every schema; both as
// they are and as shown_name writes them. Who names a partitioned table means its partitions. Large objects are
// pg_catalog.pg_largeobject and pg_catalog.pg_largeobject_metadata, always both, and only a pattern with a point means
// them.
class TableChoice {
 public:
  TableChoice() = default;  // everything
  // `tables` empty: all but the excluded ones.
  TableChoice(std::vector<std::string> tables, std::vector<std::string> excluded);

  [[nodiscard]] const std::vector<std::string>& tables() const { return tables_; }
  [[nodiscard]] const std::vector<std::string>& excluded() const { return excluded_; }
  [[nodiscard]] bool large_objects() const;
  // Says of each whether it is chosen. Throws Error "no_such_table" (Exit::usage) for a pattern that means no table
  // with rows of its own.
  void apply(Connection& connection, std::vector<Relation>& relations) const;

 private:
  std::vector<std::string> tables_;
  std::vector<std::string> excluded_;
};

// Of the foreign keys that hold for all rows, those that refer from rows that are chosen to rows that are not, sorted
// by name. The relations are as apply() left them.
[[nodiscard]] std::vector<LooseKeyFacts> keys_to_unchosen(Connection& connection,
                                                          const std::vector<Relation>& relations);

}  // namespace dbrollback::database::postgres
