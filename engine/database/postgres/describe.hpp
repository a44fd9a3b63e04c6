// What a PostgreSQL database is at the moment of a snapshot.
#pragma once

#include "engine/database/database.hpp"
#include "engine/database/postgres/exported_snapshot.hpp"
#include "engine/database/postgres/table_choice.hpp"

namespace dbrollback::database::postgres {

// As `connection` sees it in its transaction; `relations`: list_relations' and read_columns'. `tables` receives the
// relations whose rows are read, in the order of the description's tables.
[[nodiscard]] Description describe(Connection& connection, const std::vector<Relation>& relations,
                                   const TableChoice& choice, std::vector<Relation>& tables);

// An identifier as people write it: in double quotes only where SQL needs them.
[[nodiscard]] std::string shown_identifier(const std::string& name);
[[nodiscard]] std::string shown_name(const std::string& schema, const std::string& name);
// Of what is named in its table alone, such as a constraint; both as they are shown.
[[nodiscard]] std::string name_in_table(const std::string& name, const std::string& table);

// The value of each sequence; read after the snapshot was taken, since sequences know no snapshots.
[[nodiscard]] std::vector<SequenceFacts> read_sequences(Connection& connection, const std::vector<Relation>& relations);

}  // namespace dbrollback::database::postgres
