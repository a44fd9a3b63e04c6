#include "engine/migrate/script.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::printable;
using schema::Control;

namespace {

// Rows are most of what large scripts hold, and there is nothing to find out about them.
bool is_insert(const schema::Statement& statement) {
  constexpr std::string_view word = "INSERT";
  return statement.text.size() > word.size() &&
         std::equal(word.begin(), word.end(), statement.text.begin(), [](char a, char b) { return a == (b & ~0x20); });
}

// "INSERT orders", of "insert INTO orders(id, …".
std::string insert_kind(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  constexpr std::size_t words_before = 2;
  for (std::size_t i = 0; i < words_before; ++i) {
    text.remove_prefix(std::min(text.find_first_of(blank), text.size()));
    text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
  }
  return cat("INSERT ", text.substr(0, text.find_first_of(" \t\r\n(")));
}

void require_utf8(const LoadedProject& project, const schema::Script& script) {
  if (base::is_utf8(script.text)) {
    return;
  }
  const auto lines = schema::lines_of(script.text);
  const auto bad = std::ranges::find_if(lines, [](const schema::Line& line) { return !base::is_utf8(line.text); });
  const std::string file = (project.folder / script.file).native();
  base::fail_usage("bad_migration", cat(printable(file), ":", bad->number + script.line - 1, ": is not UTF-8"), file,
                   "save the file as UTF-8; nothing of it was run");
}

std::vector<ScriptStatement> read(const LoadedProject& project, schema::Dialect dialect, const schema::Script& script) {
  if (dialect == schema::Dialect::postgres) {
    require_utf8(project, script);
  }
  std::vector<schema::Statement> statements;
  try {
    statements = schema::statements_of(dialect, script.text);
  } catch (const schema::ScriptError& error) {
    const std::string file = (project.folder / script.file).native();
    base::fail_usage("bad_migration", cat(printable(file), ":", error.line() + script.line - 1, ": ", error.what()),
                     file, "mend the file; nothing of it was run");
  }
  std::vector<ScriptStatement> out;
  out.reserve(statements.size());
  for (schema::Statement& statement : statements) {
    statement.line += script.line - 1;
    schema::StatementFacts facts;
    if (is_insert(statement)) {
      facts.kind = insert_kind(statement.text);
    } else {
      facts = schema::facts_of(dialect, statement);
    }
    out.push_back({std::move(statement), std::move(facts)});
  }
  return out;
}

// Foreign keys are off in our sessions: switching them off needs no transaction to end.
bool needs_none(const ScriptStatement& statement) {
  return statement.facts.refuses_transaction && statement.facts.sets != "foreign_keys";
}

bool ends_or_begins(const ScriptStatement& statement) {
  return statement.facts.control != Control::none && statement.facts.control != Control::savepoint;
}

void take_off_own_transaction(std::vector<ScriptStatement>& statements) {
  if (statements.size() >= 2 && statements.front().facts.control == Control::begin &&
      statements.back().facts.control == Control::commit &&
      std::none_of(statements.begin() + 1, statements.end() - 1, ends_or_begins)) {
    statements.pop_back();
    statements.erase(statements.begin());
  }
}

// What comes after a BEGIN without an end would be undone, and the migration count as done.
void require_ends(const LoadedProject& project, const schema::Script& script,
                  const std::vector<ScriptStatement>& statements) {
  const auto last = std::ranges::find_if(statements.rbegin(), statements.rend(), ends_or_begins);
  if (last != statements.rend() && last->facts.control == Control::begin) {
    const std::string file = (project.folder / script.file).native();
    base::fail_usage("bad_migration",
                     cat(printable(file), ":", last->statement.line, ": ", last->facts.kind,
                         " begins a transaction that the script does not end"),
                     file, "end it by COMMIT; nothing of the file was run");
  }
}

}  // namespace

std::string marker_for(const schema::Format& format, schema::Direction direction) {
  std::string marker(format.no_transaction);
  if (direction == schema::Direction::down) {
    for (const auto& [up, down] : {std::pair(":up", ":down"), std::pair(" Up ", " Down ")}) {
      if (const std::size_t at = marker.find(up); at != std::string::npos) {
        marker.replace(at, std::string_view(up).size(), down);
      }
    }
  }
  return marker;
}

bool may_end_transaction(const ScriptStatement& statement) {
  const std::string& kind = statement.facts.kind;
  return kind == "DO" || kind == "CALL" || kind.starts_with("CALL ");
}

PreparedScript prepare(const LoadedProject& project, schema::Dialect dialect, const schema::Migration& migration,
                       schema::Direction direction) {
  const schema::Script& script = direction == schema::Direction::up ? migration.up : migration.down.value();
  PreparedScript out{.migration = &migration,
                     .direction = direction,
                     .file = script.file,
                     .statements = read(project, dialect, script),
                     .in_transaction = script.in_transaction,
                     .why_none = script.in_transaction ? "" : "its file asks for none"};
  require_ends(project, script, out.statements);
  if (!out.in_transaction) {
    return out;
  }
  take_off_own_transaction(out.statements);
  const auto refusing = std::ranges::find_if(out.statements, needs_none);
  if (refusing != out.statements.end()) {
    out.in_transaction = false;
    out.why_none = cat(refusing->facts.kind, " refuses one");
  }
  const bool has_marker = !project.format->no_transaction.empty();
  if (!has_marker && out.statements.size() == 1 && may_end_transaction(out.statements.front())) {
    out.in_transaction = false;  // a single statement needs none to be done as a whole
    out.why_none = cat(out.statements.front().facts.kind, " may end one");
  }
  const auto control = std::ranges::find_if(out.statements, ends_or_begins);
  if (control == out.statements.end()) {
    return out;
  }
  if (has_marker) {
    const std::string file = (project.folder / script.file).native();
    base::fail({.code = "ends_transaction",
                .exit = Exit::refused,
                .message = cat(printable(file), ":", control->statement.line, ": ", control->facts.kind,
                               " would end the transaction in which the script runs, and what comes after it would "
                               "stay when a later statement fails"),
                .object = file,
                .state = "nothing of it was run",
                .next = cat("take it out, or let the script run outside a transaction: ",
                            marker_for(*project.format, direction))});
  }
  out.in_transaction = false;
  out.why_none = cat("it has a ", control->facts.kind, " of its own");
  return out;
}

std::vector<ScriptStatement> prepare_verify(const LoadedProject& project, schema::Dialect dialect,
                                            const schema::Migration& migration) {
  if (!migration.verify) {
    return {};
  }
  std::vector<ScriptStatement> out = read(project, dialect, *migration.verify);
  std::erase_if(out, ends_or_begins);
  return out;
}

}  // namespace dbrollback::migrate
