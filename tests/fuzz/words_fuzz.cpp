// What people type: databases, snapshots, lists of tables and durations.
#include <algorithm>

#include "dbrollback/config.hpp"
#include "engine/config/duration.hpp"
#include "engine/config/rules.hpp"
#include "engine/config/size.hpp"
#include "engine/repository/select.hpp"
#include "tests/fuzz/support.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback {
namespace {

using fuzz::require;
using fuzz::succeeds;

void check_database(const std::string& text) {
  std::string path;
  if (succeeds([&] { path = sqlite_path(text).native(); })) {
    require(path.starts_with('/') && path.find('\0') == std::string::npos, "a database's path is absolute");
    std::string again;
    require(!succeeds([&] { again = sqlite_path(path).native(); }) || again == path, "a path means itself");
  }
  DatabaseConfig database;
  if (succeeds([&] { database = select_database(Config{}, text); })) {
    require(config::is_database_name(database.name), "a database has a name");
    require(database.engine == DatabaseConfig::Engine::postgres ? database.url == text : database.url.starts_with('/'),
            "a path makes a database, and so does a URL, as it is");
    require(succeeds([&] { refuse_password(text); }), "no argument holds a password");
  }
}

void check_list(const std::string& text) {
  std::string quoted;
  std::vector<std::string> wanted;
  for (const std::string& part : cli::split_list(text)) {
    require(!part.empty(), "no part of a list is empty");
    wanted.push_back(part);
    quoted += (quoted.empty() ? "\"" : ",\"") + part + "\"";
  }
  require(cli::split_list(quoted) == wanted, "a quoted name is one part of a list");
}

void check_duration(const std::string& text) {
  if (const auto duration = config::read_duration(text)) {
    require(duration->count() >= 0, "no duration is negative");
    require(config::read_duration(config::write_duration(*duration)) == duration, "a duration survives being written");
  } else {
    require(!succeeds([&] { (void)parse_duration(text); }), "what is no duration is refused");
  }
}

void check_size(const std::string& text) {
  if (const auto size = config::read_size(text)) {
    require(*size <= 1'000'000'000'000'000, "no size is larger than a thousand terabytes");
  } else {
    require(!succeeds([&] { (void)parse_size(text); }), "what is no size is refused");
  }
}

// What a shell makes of a word, as far as quotes go.
std::string unquoted(const std::string& word) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '\'') {
      quoted = !quoted;
    } else {
      i += word[i] == '\\' && !quoted ? 1U : 0U;
      out += word[i];
    }
  }
  return out;
}

void check_selection(fuzz::Input& input, const std::string& spec, const std::string& database) {
  std::vector<SnapshotSummary> all;
  while (!input.empty() && all.size() < 8) {
    SnapshotSummary one;
    one.id = base::cat("2026112", all.size(), "T000000Z-000", all.size() % 2);
    one.app_version = input.line();
    one.database = input.line();
    one.reason = input.line();
    all.push_back(one);
  }
  SnapshotSummary found;
  if (succeeds([&] { found = repository::select(all, spec, database); })) {
    const auto at = std::ranges::find(all, found.id, &SnapshotSummary::id);
    require(at != all.end(), "what is selected is there");
    require(database.empty() || at->database == database || at->id == spec, "it is of the database that was named");
    require(at->id.starts_with(spec) || (spec == "latest" && !at->before_restore()) ||
                (spec == "before:" + at->app_version && !at->before_restore()),
            "it is what the words mean");
  }
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  fuzz::Input input(data, size);
  const std::string word = input.line();
  check_database(word);
  check_list(word);
  check_duration(word);
  check_size(word);
  fuzz::require(unquoted(cli::shell_quote(word)) == word, "a shell takes a quoted word for itself");
  const std::string database = input.line();
  check_selection(input, word, database);
  return 0;
}
