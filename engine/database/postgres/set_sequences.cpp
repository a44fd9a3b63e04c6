#include "engine/database/postgres/set_sequences.hpp"

#include <algorithm>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr std::size_t sequences_per_statement = 200;

}  // namespace

void set_sequences(Statements& statements, const std::vector<SequenceFacts>& sequences) {
  for (std::size_t first = 0; first < sequences.size(); first += sequences_per_statement) {
    const std::size_t end = std::min(first + sequences_per_statement, sequences.size());
    std::string values;
    for (std::size_t i = first; i < end; ++i) {
      const SequenceFacts& each = sequences[i];
      values += cat(values.empty() ? "(" : ", (", literal(quote(each.schema, each.name)), ", '", each.last_value,
                    "'::bigint, ", each.is_called ? "true)" : "false)");
    }
    statements.run(cat("SELECT count(setval(s.name::regclass, s.value, s.called)) FROM (VALUES ", values,
                       ") AS s(name, value, called)"));
  }
}

}  // namespace dbrollback::database::postgres
