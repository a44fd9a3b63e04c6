#include "engine/recovery/proof.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/recovery/live_state.hpp"
#include "engine/snapshot/manifest.hpp"
#include "schema/diff.hpp"
#include "schema/words.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

[[noreturn]] void fail_not_proven(const DatabaseConfig& database, const std::string& message) {
  base::fail({.code = "not_proven",
              .exit = Exit::partial,
              .message = message,
              .object = database.name,
              .state = {},
              .next = "look at it with `dbrollback diff`"});
}

// What a definition lists within its outermost parentheses, and what stands around those, in whatever order; without
// comments, since those of a column that went do not come back with it.
std::multiset<std::string> parts_of_definition(schema::Dialect dialect, const std::string& sql) {
  std::multiset<std::string> out;
  std::string part;
  int depth = 0;
  for (const schema::Word& word : schema::words_of(dialect, sql)) {
    depth -= word.is_symbol(')') ? 1 : 0;
    const bool is_outermost = depth == 0 && (word.is_symbol('(') || word.is_symbol(')'));
    if (is_outermost || (depth == 1 && word.is_symbol(','))) {
      out.insert(std::exchange(part, {}));
    } else {
      part.append(word.text).append(" ");
    }
    depth += word.is_symbol('(') ? 1 : 0;
  }
  out.insert(part);
  return out;
}

// Definitions that differ in the order of their columns only.
bool is_reordered(schema::Dialect dialect, const schema::Schema& before, const schema::Schema& now,
                  const schema::Change& change) {
  const auto find = [&](const schema::Schema& schema) -> const schema::Object* {
    const auto found = std::ranges::find_if(schema.objects, [&](const schema::Object& each) {
      return cat(each.kind, " \"", each.name, "\"") == change.object;
    });
    return found == schema.objects.end() ? nullptr : &*found;
  };
  const schema::Object* then = find(before);
  const schema::Object* is = find(now);
  return change.change == "definition changed" && then != nullptr && is != nullptr && then->kind == "table" &&
         parts_of_definition(dialect, then->sql) == parts_of_definition(dialect, is->sql);
}

void compare_schemas(const DatabaseConfig& database, const schema::Schema& before, const schema::Schema& now,
                     Proven& out) {
  const bool is_postgres = database.engine == DatabaseConfig::Engine::postgres;
  const schema::Dialect dialect = is_postgres ? schema::Dialect::postgres : schema::Dialect::sqlite;
  std::vector<std::string> differing;
  for (const schema::Change& change : schema::diff(before, now)) {
    if (is_reordered(dialect, before, now, change)) {
      out.sentences.push_back(cat(printable(change.object), " has its columns in another order than before"));
    } else {
      differing.push_back(cat(printable(change.object), ": ", printable(change.change)));
    }
  }
  if (!differing.empty()) {
    constexpr std::size_t most_named = 3;
    const std::size_t more = differing.size() - std::min(differing.size(), most_named);
    differing.resize(differing.size() - more);
    fail_not_proven(database, cat("the schema is not what it was before: ", base::join(differing, "; "),
                                  more > 0 ? cat("; and ", more, " more") : ""));
  }
  out.sentences.emplace_back("the schema has the objects that it had before, and no other");
}

void ask_queries(const DatabaseConfig& database, const std::vector<CheckResult>& before, Strategy strategy,
                 Observer& observer, Proven& out) {
  DatabaseConfig asked = database;
  asked.checks = runnable_checks(database, observer);
  for (const Check& check : database.checks) {
    const auto is_of = [&](const auto& each) { return each.name == check.name; };
    if (std::ranges::none_of(asked.checks, is_of)) {
      if (std::ranges::any_of(before, is_of)) {
        fail_not_proven(database, cat("the integrity query `", printable(check.name),
                                      "` cannot be run any more, and could before"));
      }
      out.sentences.push_back(cat("the integrity query `", printable(check.name), "` is none for this schema"));
    }
  }
  for (const CheckResult& result : check_live(asked, before, observer)) {
    const auto then = std::ranges::find(before, result.name, &CheckResult::name);
    const bool was_so = then != before.end() && then->value == result.value;
    // What was written since is still there after down scripts: what was to stay the same need not.
    const bool may_differ = strategy != Strategy::restore && !result.expect;
    if (!result.ok && !was_so && !may_differ) {
      fail_not_proven(database,
                      cat("the integrity query `", printable(result.name), "` gives ", printable(result.value)));
    }
    out.sentences.push_back(cat("the integrity query `", printable(result.name), "` gives ", printable(result.value),
                                was_so ? ", as before" : ""));
  }
}

}  // namespace

Proven prove_state(repository::Store& store, const DatabaseConfig& database, const Release& first, Strategy strategy,
                   Observer& observer) {
  const LiveState live = read_live(store, database, observer);
  const std::string& snapshot = first.database.snapshot;
  Proven out{.fingerprint = live.fingerprint, .sentences = {}};
  if (live.fingerprint == first.database.fingerprint_before) {
    out.sentences.push_back(cat("the schema is the one that was recorded before ", printable(first.version),
                                " (fingerprint ", live.fingerprint.substr(0, 12), "…)"));
  } else if (snapshot.empty()) {
    fail_not_proven(database, cat("the schema is not the one that was recorded before ", printable(first.version)));
  } else {
    compare_schemas(database, schema_of_snapshot(store, snapshot, database, observer), live.schema, out);
  }
  std::vector<CheckResult> before;
  if (!snapshot.empty()) {
    before = snapshot::read_manifest(store.objects(), snapshot).checks;
  }
  ask_queries(database, before, strategy, observer, out);
  return out;
}

}  // namespace dbrollback::recovery
