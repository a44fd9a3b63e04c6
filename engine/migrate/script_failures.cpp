#include "engine/migrate/script_failures.hpp"

#include "engine/base/text.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;

namespace {

// To a migration, a table that is not there is a mistake of its author and not a race.
bool is_passing(const Error& error) { return error.exit() == Exit::busy && error.code() != "gone"; }

std::string way_outside(const LoadedProject& project, const PreparedScript& script) {
  const std::string marker = marker_for(*project.format, script.direction);
  return marker.empty() ? "put it into a migration of its own, which runs outside a transaction"
                        : cat("let the script run outside a transaction: ", marker);
}

}  // namespace

std::string place_of(const PreparedScript& script, std::size_t at) {
  const ScriptStatement& statement = script.statements[at];
  return cat(printable(script.file), ":", statement.statement.line, ": statement ", at + 1, " of ",
             script.statements.size(), " (", printable(statement.facts.kind), ")");
}

std::string nothing_of(const PreparedScript& script) {
  return cat("nothing of ", printable(script.migration->name), script.is_up() ? " is applied" : " is reverted");
}

std::string reason_of(const Error& error) {
  const std::string message = error.what();
  const std::string place = cat(" ", printable(error.info().object), ": ");
  const std::size_t at = message.starts_with("could not ") ? message.find(place) : std::string::npos;
  return at == std::string::npos ? message : message.substr(at + place.size());
}

bool is_outcome_lost(const Error& error) { return error.code() == "connection_lost" || error.code() == "interrupted"; }

ErrorInfo failure_in_transaction(const LoadedProject& project, const PreparedScript& script, std::size_t at,
                                 const Error& error) {
  ErrorInfo info = error.info();
  info.message = cat(place_of(script, at), " failed: ", reason_of(error));
  info.object = script.file;
  info.exit = is_passing(error) ? Exit::busy : Exit::failed;
  info.state = nothing_of(script);
  const std::string& kind = script.statements[at].facts.kind;
  if (info.code == "connection_lost") {
    info.next = "look whether the server is running, and at its log; then run the command again";
  } else if (info.next.empty() || info.code == "gone" || info.code == "name_taken") {
    info.next = "mend it, then run the command again";
    if (may_end_transaction(script.statements[at])) {
      info.next = cat("if this ", kind.substr(0, kind.find(' ')), " ends the transaction itself, ",
                      way_outside(project, script));
    }
  }
  return info;
}

}  // namespace dbrollback::migrate
