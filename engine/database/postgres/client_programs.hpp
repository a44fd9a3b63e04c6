// PostgreSQL's own programs: finding an installation whose pg_dump can read a server, or one that has a server.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/file.hpp"

namespace dbrollback::database::postgres {

// The version in what a program says for --version, as servers count it: 150018 for "pg_dump (PostgreSQL) 15.18 (Debian
// 15.18-0+deb12u1)", 170000 for "17beta1", 90624 for "9.6.24". Nothing for other text.
[[nodiscard]] std::optional<int> parse_version(std::string_view text);

// "15.18" for 150018, "9.6.24" for 90624.
[[nodiscard]] std::string version_text(int version);

// What dumps and clusters are compatible within, for people and for Debian's packages: "15" for 150018, "9.6" for
// 90624.
[[nodiscard]] std::string major_text(int version);

// The programs of one installation: those of one folder.
struct ClientPrograms {
  base::fs::path folder;
  int version = 0;  // of its pg_dump

  // "psql", "initdb", … Throws Error "no_program" with the package that has it, where only others are installed.
  [[nodiscard]] base::fs::path path_of(const std::string& program) const;
};

// Whether these programs may get this variable of ours. The others can hold anybody's secrets, as does the one that the
// configuration names for a URL, and a temporary server may run as another account, which can read its environment.
[[nodiscard]] bool is_for_programs(std::string_view variable);
// For those that connect nowhere: without libpq's variables.
[[nodiscard]] bool is_for_servers(std::string_view variable);

struct ClientPlaces {
  base::fs::path configured;  // a folder of programs, and then no other; or empty: PATH, and those of Debian and RHEL
  base::fs::path root = "/";  // what usr/lib/postgresql is below: tests have their own
};

// The installation whose pg_dump is of the server's major version, otherwise of the lowest newer one; an older one
// refuses the server. Throws Error "no_pg_dump" naming what was found, and what to install.
[[nodiscard]] ClientPrograms find_client_programs(int server_version, const ClientPlaces& places);

// The folder with initdb and postgres of this major version, no other: what a server of another one makes of a schema
// proves nothing. Throws Error "no_server_programs" naming what was found, and what to install.
[[nodiscard]] base::fs::path find_server_programs(int server_version, const ClientPlaces& places);

}  // namespace dbrollback::database::postgres
