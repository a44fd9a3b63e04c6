#include "schema/sqlite_facts.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "schema/statement_warnings.hpp"

namespace dbrollback::schema {

namespace {

// Those that take a value in parentheses and set nothing.
constexpr std::array<std::string_view, 13> questions = {
    "foreign_key_check", "foreign_key_list", "incremental_vacuum", "index_info",  "index_list",
    "index_xinfo",       "integrity_check",  "optimize",           "quick_check", "table_info",
    "table_list",        "table_xinfo",      "wal_checkpoint"};

// PRAGMA [schema.]name = value, or with the value in parentheses.
void add_pragma(const Words& words, const StatementHead& head, StatementFacts& out) {
  if (head.end == words.size()) {
    return;
  }
  std::string name = head.name.substr(head.name.rfind('.') + 1);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool asks = words[head.end].is_symbol('(') && std::ranges::find(questions, name) != questions.end();
  if (!asks) {
    out.is_session_setting = true;
    out.refuses_transaction = name == "journal_mode" || name == "foreign_keys";
    out.sets = std::move(name);
  }
}

void add_alter(const Words& words, const StatementHead& head, StatementFacts& out) {
  std::size_t at = head.end;
  if (at + 1 >= words.size() || head.action != "ALTER TABLE") {
    return;
  }
  const bool drops = words[at].is("DROP");
  const bool renames = words[at].is("RENAME");
  ++at;
  if (renames && words[at].is("TO")) {
    out.warnings.push_back(renaming(head.name));
  } else if (drops || renames) {
    at += words[at].is("COLUMN") ? 1U : 0U;
    const std::string column = head.name + "." + dotted_name(Dialect::sqlite, words, at);
    out.warnings.push_back(drops ? dropping("column", column) : renaming(column));
  }
}

void add_write(const Words& words, const StatementHead& head, StatementFacts& out) {
  const bool deletes = head.action.starts_with("DELETE");
  const bool updates = head.action.starts_with("UPDATE");
  if (!deletes && !updates && !head.action.starts_with("INSERT") && !head.action.starts_with("REPLACE")) {
    return;
  }
  out.writes_tables.push_back(head.name);
  if ((deletes || updates) && !has_outer_word(words, head.end, "WHERE")) {
    out.warnings.push_back(deletes ? deleting_all(head.name) : updating_all(head.name));
  }
}

}  // namespace

void add_sqlite_facts(const Words& words, const StatementHead& head, StatementFacts& out) {
  const auto begins_with = [&](std::string_view verb) { return !words.empty() && words.front().is(verb); };
  if (begins_with("PRAGMA")) {
    add_pragma(words, head, out);
  } else if (begins_with("VACUUM") || begins_with("ATTACH") || begins_with("DETACH")) {
    out.refuses_transaction = true;
  } else if (head.action == "DROP TABLE") {
    out.drops_tables.push_back(head.name);
    out.warnings.push_back(dropping("table", head.name));
  } else {
    add_alter(words, head, out);
    add_write(words, head, out);
  }
}

}  // namespace dbrollback::schema
