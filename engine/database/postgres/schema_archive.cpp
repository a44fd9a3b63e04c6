#include "engine/database/postgres/schema_archive.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/connection.hpp"
#include "schema/postgres_script.hpp"

namespace dbrollback::database::postgres {

using base::cat;

namespace {

constexpr std::size_t most_heading = 4096;

// How a program of PostgreSQL's logs in: never by an argument, and its environment can be looked at too.
class Login {
 public:
  explicit Login(const Parameters& parameters) {
    const auto password = parameters.password();
    if (!password) {
      return;
    }
    folder_.emplace(base::temporary_folder() / "dbrollback-login-");
    const base::fs::path file = folder_->path() / "pgpass";
    base::File(file, base::File::Mode::create_new).write(base::bytes_of(cat("*:*:*:*:", escaped(*password), "\n")));
    environment_["PGPASSFILE"] = file.native();
  }

  // Messages in English, whatever the caller's locale.
  [[nodiscard]] std::map<std::string, std::string> environment() const {
    auto out = environment_;
    out.insert_or_assign("LC_ALL", std::string("C"));
    return out;
  }

 private:
  static std::string escaped(const std::string& password) {
    std::string out;
    for (const char c : password) {
      if (c == ':' || c == '\\') {
        out += '\\';
      }
      out += c;
    }
    return out;
  }

  std::optional<base::TemporaryFolder> folder_;
  std::map<std::string, std::string> environment_;
};

// The first error among all that a program said, and before it the object that it is about. Nothing after it, as is the
// statement: that may hold a password.
std::string first_error(const std::string& messages, const std::string& program) {
  constexpr std::string_view entry_mark = "from TOC entry ";
  std::string entry;
  std::istringstream lines(messages);
  for (std::string line; std::getline(lines, line);) {
    if (const auto at = line.find(entry_mark); at != std::string::npos) {
      const auto kind = line.find_first_not_of("0123456789; ", at + entry_mark.size());  // behind three numbers
      entry = kind == std::string::npos ? "" : cat(line.substr(kind), ": ");
    } else if (line.starts_with(cat(program, ": error: "))) {
      return entry + line.substr(program.size() + 2);
    }
  }
  return messages.substr(0, messages.find('\n'));
}

[[noreturn]] void fail(const std::string& code, Exit exit, const std::string& program, const base::Outcome& outcome,
                       const std::string& object, const std::string& next) {
  const std::string said =
      outcome.messages.empty() ? cat("ended by signal ", outcome.signal) : first_error(outcome.messages, program);
  base::fail({.code = code,
              .exit = exit,
              .message = cat(program, " failed for ", base::printable(object), ": ", base::printable(said)),
              .object = object,
              .state = "nothing was published or changed",
              .next = next});
}

}  // namespace

void dump_schema(const ClientPrograms& programs, const Parameters& parameters, const std::string& snapshot,
                 const ArchiveOptions& options, const std::function<void(base::ByteView)>& take) {
  const Login login(parameters);
  base::Command command;
  command.arguments = {programs.path_of("pg_dump").native(),
                       "--format=custom",
                       "--schema-only",
                       "--create",
                       "--no-password",
                       cat("--snapshot=", snapshot),
                       cat("--lock-wait-timeout=", options.lock_timeout.count()),
                       cat("--dbname=", parameters.without_secrets())};
  command.environment = login.environment();
  command.inherits = is_for_programs;
  command.take_output = take;
  command.tick = options.tick;
  const base::Outcome outcome = base::run(command);
  if (!outcome.succeeded()) {
    fail("pg_dump_failed", Exit::failed, "pg_dump", outcome, parameters.shown(),
         "mend what it says, then run this command again");
  }
}

namespace {

std::vector<std::string> restore_words(const ClientPrograms& programs, const base::fs::path& archive, Section section,
                                       const RestoreOptions& options) {
  std::vector<std::string> words{programs.path_of("pg_restore").native(),
                                 cat("--section=", section == Section::before_rows ? "pre-data" : "post-data"),
                                 "--exit-on-error"};
  for (const auto& [wanted, word] : {std::pair(options.roles.no_owner, "--no-owner"),
                                     {options.roles.no_privileges, "--no-privileges"},
                                     {options.no_tablespaces, "--no-tablespaces"}}) {
    if (wanted) {
      words.emplace_back(word);
    }
  }
  words.push_back(archive.native());
  return words;
}

void run_restore(const base::Command& command, const std::string& object) {
  const base::Outcome outcome = base::run(command);
  if (!outcome.succeeded()) {
    fail("pg_restore_failed", Exit::failed, "pg_restore", outcome, object,
         "mend what it says, then run this command again");
  }
}

}  // namespace

namespace {

// An entry is "4021; 2606 16406 FK CONSTRAINT public orders orders_customer_fkey owner": its number, the catalog, the
// object's OID, the kind, the schema, and what pg_dump calls the object, with blanks for line breaks.
bool is_of_kind(const std::string& entry, std::string_view kind) {
  const auto at = entry.find_first_not_of("0123456789; ");
  return at != std::string::npos && std::string_view(entry).substr(at).starts_with(kind);
}

std::string in_one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

bool is_comment_on(const std::string& entry, const LooseKeyFacts& key) {
  for (const std::string& name : {key.name, quote(key.name)}) {  // in quotes where pg_dump's version wants them
    for (const std::string& table : {key.table, quote(key.table)}) {
      if (is_of_kind(entry, in_one_line(cat("COMMENT ", key.schema, " CONSTRAINT ", name, " ON ", table, " ")))) {
        return true;
      }
    }
  }
  return false;
}

bool is_of(const std::string& entry, const LooseKeyFacts& key) {
  const bool has_its_oid = entry.find(cat("; 2606 ", key.oid, " FK CONSTRAINT ")) != std::string::npos;
  return has_its_oid || is_comment_on(entry, key);
}

// The entries of a part of an archive, a line each, as pg_restore's --use-list takes them.
std::vector<std::string> list_entries(const ClientPrograms& programs, const base::fs::path& archive, Section section,
                                      const RestoreOptions& options) {
  std::string list;
  base::Command command;
  command.arguments = restore_words(programs, archive, section, options);
  command.arguments.insert(command.arguments.begin() + 1, "--list");
  command.environment = {{"LC_ALL", "C"}};
  command.inherits = is_for_servers;
  command.take_output = [&](base::ByteView some) { list += base::text_of(some); };
  command.tick = options.tick;
  run_restore(command, archive.filename().native());
  std::vector<std::string> entries;
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    const bool left_out =
        std::ranges::any_of(options.without, [&](const LooseKeyFacts& key) { return is_of(line, key); });
    if (!line.empty() && line.front() != ';' && !left_out) {
      entries.push_back(line);
    }
  }
  return entries;
}

// What locks a partition and its whole table, or counts on all partitions; and what follows that: comments, and event
// triggers, which fire for it. Several sessions that make these at once meet deadlocks.
bool is_for_one_session(const std::string& entry) {
  constexpr std::array<std::string_view, 4> kinds{"INDEX ATTACH ", "FK CONSTRAINT ", "COMMENT ", "EVENT TRIGGER "};
  return std::ranges::any_of(kinds, [&](std::string_view kind) { return is_of_kind(entry, kind); });
}

// A list for --use-list, as a file beside the archive.
class ListFile {
 public:
  ListFile(const base::fs::path& archive, const std::vector<std::string>& entries)
      : folder_(archive.parent_path() / "dbrollback-list-"), path_(folder_.path() / "list") {
    base::File(path_, base::File::Mode::create_new).write(base::bytes_of(base::join(entries, "\n")));
  }
  [[nodiscard]] std::string word() const { return cat("--use-list=", path_.native()); }

 private:
  base::TemporaryFolder folder_;
  base::fs::path path_;
};

// `entries`: nothing: all of the section.
void restore_entries(const ClientPrograms& programs, const Parameters& parameters, const base::fs::path& archive,
                     Section section, const RestoreOptions& options, unsigned jobs,
                     const std::optional<std::vector<std::string>>& entries) {
  const Login login(parameters);
  base::Command command;
  command.arguments = restore_words(programs, archive, section, options);
  std::vector<std::string> words{"--verbose",  // which object an error is about is said only so
                                 "--no-password", cat("--jobs=", jobs), cat("--dbname=", parameters.without_secrets())};
  std::optional<ListFile> list;
  if (entries) {
    words.push_back(list.emplace(archive, *entries).word());
  }
  command.arguments.insert(command.arguments.begin() + 1, words.begin(), words.end());
  command.environment = login.environment();
  command.inherits = is_for_programs;
  command.tick = options.tick;
  run_restore(command, parameters.shown());
}

}  // namespace

void restore_schema(const ClientPrograms& programs, const Parameters& parameters, const base::fs::path& archive,
                    Section section, const RestoreOptions& options) {
  const unsigned jobs = section == Section::before_rows ? 1 : options.jobs;
  if (jobs == 1 && options.without.empty()) {
    restore_entries(programs, parameters, archive, section, options, jobs, {});
    return;
  }
  std::vector<std::string> entries = list_entries(programs, archive, section, options);
  const bool has_partitions =
      std::ranges::any_of(entries, [](const auto& entry) { return is_of_kind(entry, "INDEX ATTACH "); });
  if (jobs == 1 || !has_partitions) {
    restore_entries(programs, parameters, archive, section, options, jobs, entries);
    return;
  }
  using Entries = std::vector<std::string>;
  const auto alone = std::stable_partition(entries.begin(), entries.end(),
                                           [](const auto& entry) { return !is_for_one_session(entry); });
  restore_entries(programs, parameters, archive, section, options, jobs, Entries(entries.begin(), alone));
  restore_entries(programs, parameters, archive, section, options, 1, Entries(alone, entries.end()));
}

void script_schema(const ClientPrograms& programs, const base::fs::path& archive, Section section,
                   const RestoreOptions& options, const std::function<void(base::ByteView)>& take) {
  base::Command command;
  command.arguments = restore_words(programs, archive, section, options);
  command.arguments.insert(command.arguments.begin() + 1, "--file=-");
  std::optional<ListFile> list;
  if (!options.without.empty()) {
    list.emplace(archive, list_entries(programs, archive, section, options));
    command.arguments.insert(command.arguments.begin() + 1, list->word());
  }
  command.environment = {{"LC_ALL", "C"}};
  command.inherits = is_for_servers;
  std::string script;
  command.take_output =
      options.roles.renamed.empty() ? take : [&](base::ByteView some) { script += base::text_of(some); };
  command.tick = options.tick;
  run_restore(command, archive.filename().native());
  if (!options.roles.renamed.empty()) {
    const auto renamed = schema::rename_roles(script, options.roles.renamed);
    if (!renamed) {
      base::fail({.code = "unreadable_schema",
                  .exit = Exit::failed,
                  .message = cat("the roles that ", base::printable(archive.filename().native()),
                                 " names cannot be found: its SQL is newer than the parser that reads it"),
                  .object = archive.filename().native(),
                  .state = "nothing was published or changed",
                  .next = "restore without --role-map, or with --no-owner and --no-privileges"});
    }
    take(base::bytes_of(*renamed));
  }
}

std::optional<int> archive_version(const ClientPrograms& programs, const base::fs::path& archive,
                                   const std::function<void()>& tick) {
  constexpr std::string_view mark = "Dumped by pg_dump version: ";
  std::string heading;
  base::Command command;
  command.arguments = {programs.path_of("pg_restore").native(), "--list", archive.native()};
  command.environment = {{"LC_ALL", "C"}};
  command.inherits = is_for_servers;
  command.take_output = [&](base::ByteView list) {
    if (heading.size() < most_heading) {
      heading += base::text_of(list.first(std::min(list.size(), most_heading)));
    }
  };
  command.tick = tick;
  const auto at = base::run(command).succeeded() ? heading.find(mark) : std::string::npos;
  return at == std::string::npos ? std::nullopt : parse_version(std::string_view(heading).substr(at + mark.size()));
}

void prove_archive(const ClientPrograms& programs, const base::fs::path& archive, const std::function<void()>& tick) {
  base::Command command;
  command.arguments = {programs.path_of("pg_restore").native(), "--file=-", archive.native()};
  command.environment = {{"LC_ALL", "C"}};
  command.inherits = is_for_servers;
  command.take_output = [](base::ByteView /*sql*/) {};
  command.tick = tick;
  const base::Outcome outcome = base::run(command);
  if (!outcome.succeeded() && outcome.messages.find("unsupported version (") != std::string::npos) {
    fail("old_pg_restore", Exit::failed, "pg_restore", outcome, archive.filename().native(),
         cat("install the client programs of a newer PostgreSQL than ", version_text(programs.version), ": a newer ",
             "pg_dump made that archive"));
  }
  if (!outcome.succeeded()) {
    fail("damaged_schema", Exit::damaged, "pg_restore", outcome, archive.filename().native(),
         "use another snapshot: `dbrollback list` shows them");
  }
}

}  // namespace dbrollback::database::postgres
