#include "engine/database/postgres/client_programs.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include "engine/base/fail.hpp"
#include "engine/base/run.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

namespace fs = base::fs;
using base::cat;

namespace {

constexpr std::string_view digits = "0123456789";

// Before version 10 a major version has two numbers.
int major_of(int version) { return version >= 100000 ? version / 10000 * 100 : version / 100; }

// The number that `text` begins with, and takes it away; -1 when there is none below `limit`.
int take_number(std::string_view& text, int limit) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number >= limit) {
    return -1;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// The number after a point: 0 where something else follows, as in "17beta1".
int take_part(std::string_view& text, int limit) {
  if (!text.starts_with('.')) {
    return 0;
  }
  text.remove_prefix(1);
  return take_number(text, limit);
}

// Debian's pg_dump in PATH is a script that chooses one of the installations by rules of its own.
bool is_wrapper(const fs::path& program) { return base::real_path(program).filename() == "pg_wrapper"; }

// Where `program` is installed, if it is a link to there: PATH may have links to some programs of a folder only.
fs::path home_of(const fs::path& program) {
  const fs::path real = base::real_path(program);
  return (real.filename() == program.filename() ? real : program).parent_path();
}

std::vector<fs::path> sorted_bins(const fs::path& folder, std::string_view beginning) {
  std::vector<fs::path> bins;
  for (const auto& name : base::list_folder(folder)) {
    if (name.starts_with(beginning)) {
      bins.push_back(folder / name / "bin");
    }
  }
  std::ranges::sort(bins);
  return bins;
}

// Where programs may be, the more trusted first.
std::vector<fs::path> candidates(const ClientPlaces& places) {
  if (!places.configured.empty()) {
    return {places.configured};
  }
  std::vector<fs::path> folders = sorted_bins(places.root / "usr/lib/postgresql", "");
  const std::vector<fs::path> red_hat = sorted_bins(places.root / "usr", "pgsql-");
  folders.insert(folders.end(), red_hat.begin(), red_hat.end());
  if (const auto in_path = base::find_program("pg_dump")) {
    if (is_wrapper(*in_path)) {
      folders.push_back(in_path->parent_path());
    } else {
      folders.insert(folders.begin(), home_of(*in_path));
    }
  }
  return folders;
}

// Nothing where there is no such program that runs and says its version.
std::optional<int> version_in(const fs::path& folder, const char* name) {
  const fs::path program = folder / name;
  if (base::why_no_access(program, X_OK) != 0) {
    return std::nullopt;
  }
  try {
    const auto said = base::run(
        {.arguments = {program, "--version"}, .inherits = is_for_servers, .timeout = std::chrono::seconds(10)});
    return said.succeeded() ? parse_version(said.output) : std::nullopt;
  } catch (const Error& error) {
    if (error.code() != "no_program") {
      throw;
    }
    return std::nullopt;
  }
}

// "15.18 in /usr/lib/postgresql/15/bin, 17.2 in …".
std::string named(const std::vector<ClientPrograms>& found) {
  std::vector<std::string> versions(found.size());
  std::ranges::transform(found, versions.begin(), [](const ClientPrograms& each) {
    return cat(version_text(each.version), " in ", base::printable(each.folder.native()));
  });
  return base::join(versions, ", ");
}

// Where was looked, if somebody chose that.
std::string named(const ClientPlaces& places) {
  return places.configured.empty()
             ? ""
             : cat(" in ", base::printable(places.configured.native()), ", the configured pg_bin");
}

[[noreturn]] void fail_none(int server_version, const ClientPlaces& places, const std::vector<ClientPrograms>& found) {
  const std::string major = major_text(server_version);
  base::fail({.code = "no_pg_dump",
              .exit = Exit::failed,
              .message = cat("the server is of version ", version_text(server_version), ", and ",
                             found.empty() ? cat("no pg_dump was found", named(places))
                                           : cat("pg_dump is older: ", named(found), named(places))),
              .object = "pg_dump",
              .state = "nothing was changed",
              .next = cat("install the Debian package postgresql-client-", major,
                          ", or set pg_bin to the folder of a pg_dump of version ", major, " or newer")});
}

}  // namespace

std::optional<int> parse_version(std::string_view text) {
  // The first word that begins with a digit.
  std::size_t at = text.find_first_of(digits);
  while (at != std::string_view::npos && at > 0 && text[at - 1] != ' ') {
    at = text.find_first_of(digits, at + 1);
  }
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  text.remove_prefix(at);
  const int first = take_number(text, 1000);
  const int second = take_part(text, first < 10 ? 100 : 10000);
  const int third = first < 10 ? take_part(text, 100) : 0;
  if (first < 0 || second < 0 || third < 0) {
    return std::nullopt;
  }
  return first < 10 ? first * 10000 + second * 100 + third : first * 10000 + second;
}

std::string version_text(int version) {
  return version >= 100000 ? cat(version / 10000, ".", version % 10000)
                           : cat(version / 10000, ".", version / 100 % 100, ".", version % 100);
}

std::string major_text(int version) {
  return version >= 100000 ? cat(version / 10000) : cat(version / 10000, ".", version / 100 % 100);
}

fs::path ClientPrograms::path_of(const std::string& program) const {
  fs::path path = folder / program;
  if (base::why_no_access(path, X_OK) == 0) {
    return path;
  }
  const bool is_client = program.starts_with("pg_dump") || program == "pg_restore" || program == "psql";
  base::fail({.code = "no_program",
              .exit = Exit::failed,
              .message = cat("there is no ", program, " in ", base::printable(folder.native())),
              .object = program,
              .state = {},
              .next = cat("install the Debian package postgresql-", is_client ? "client-" : "", major_text(version))});
}

bool is_for_programs(std::string_view variable) { return variable.starts_with("PG") || is_for_servers(variable); }

bool is_for_servers(std::string_view variable) {
  constexpr std::array<std::string_view, 9> names{"PATH",   "HOME", "USER", "LOGNAME", "SHELL",
                                                  "TMPDIR", "TZ",   "LANG", "LANGUAGE"};
  constexpr std::array<std::string_view, 5> beginnings{"LC_", "LD_", "KRB5", "SSL_", "OPENSSL_"};
  return std::ranges::find(names, variable) != names.end() ||
         std::ranges::any_of(beginnings, [&](std::string_view each) { return variable.starts_with(each); });
}

ClientPrograms find_client_programs(int server_version, const ClientPlaces& places) {
  const int wanted = major_of(server_version);
  std::vector<ClientPrograms> found;
  for (const auto& folder : candidates(places)) {
    if (std::ranges::find(found, folder, &ClientPrograms::folder) != found.end()) {
      continue;
    }
    if (const auto version = version_in(folder, "pg_dump")) {
      found.push_back({.folder = folder, .version = *version});
      if (major_of(*version) == wanted) {
        return found.back();
      }
    }
  }
  const auto lowest = std::ranges::min_element(found, {}, [&](const ClientPrograms& each) {
    return std::pair(major_of(each.version) < wanted, major_of(each.version));
  });
  if (lowest == found.end() || major_of(lowest->version) < wanted) {
    fail_none(server_version, places, found);
  }
  return *lowest;
}

fs::path find_server_programs(int server_version, const ClientPlaces& places) {
  std::vector<ClientPrograms> others;
  for (const auto& folder : candidates(places)) {
    const bool is_there = base::why_no_access(folder / "initdb", X_OK) == 0;
    const int version = is_there ? version_in(folder, "postgres").value_or(0) : 0;
    if (version != 0 && major_of(version) == major_of(server_version)) {
      return folder;
    }
    if (version != 0 && std::ranges::find(others, folder, &ClientPrograms::folder) == others.end()) {
      others.push_back({.folder = folder, .version = version});
    }
  }
  const std::string major = major_text(server_version);
  base::fail(
      {.code = "no_server_programs",
       .exit = Exit::failed,
       .message = cat("it cannot be proven here: the snapshot is of a server of version ", version_text(server_version),
                      ", and no PostgreSQL server of version ", major, " was found", named(places),
                      others.empty() ? "" : cat(", only ", named(others))),
       .object = "postgres",
       .state = "nothing was changed",
       .next = cat("install the Debian package postgresql-", major, ", or set pg_bin to the folder of its initdb ",
                   "and postgres, or scratch_url to a server of that version")});
}

}  // namespace dbrollback::database::postgres
