#include "engine/database/postgres/errors.hpp"

#include <array>
#include <utility>

#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

struct Meaning {
  std::string_view sqlstate;  // or the class that it begins with
  std::string_view code;
  Exit exit;
  std::string_view next;
};

// The first that fits counts.
constexpr std::array<Meaning, 18> meanings{{
    {"55P03", "database_locked", Exit::busy, "look who holds the lock (pg_locks), or allow a longer --lock-timeout"},
    {"40P01", "database_locked", Exit::busy, "run the command again"},
    {"57014", "canceled", Exit::busy, "somebody or a timeout of the server canceled it; run the command again"},
    {"53300", "too_many_connections", Exit::busy, "wait until connections are free, or use fewer --jobs"},
    {"57P03", "server_not_ready", Exit::busy, "the server is starting up or shutting down; try again in a moment"},
    {"57P", "connection_lost", Exit::failed, "look at the server's log, then run the command again"},
    {"08", "connection_lost", Exit::failed, "look at the server's log, then run the command again"},
    {"53100", "no_room", Exit::failed, "free some room on the server's disk"},
    {"28", "login_failed", Exit::failed, "check the user, ~/.pgpass or the password, and the server's pg_hba.conf"},
    {"42P01", "gone", Exit::busy, "run the command again"},
    {"25006", "read_only", Exit::failed, ""},
    {"42P04", "name_taken", Exit::failed, "run the command again"},
    {"23505", "duplicate_key", Exit::failed, ""},
    {"3D000", "no_such_database", Exit::failed, "check the name of the database in the URL"},
    {"42501", "not_allowed", Exit::failed, "grant this role what it lacks, or use another one"},
    {"XX001", "damaged_database", Exit::damaged, "restore from a snapshot that is whole"},
    {"XX002", "damaged_database", Exit::damaged, "REINDEX what it names, or restore from a snapshot that is whole"},
    {"", "database_failed", Exit::failed, ""},
}};

const Meaning& meaning_of(const std::string& sqlstate) {
  for (const Meaning& meaning : meanings) {
    if (sqlstate.starts_with(meaning.sqlstate)) {
      return meaning;
    }
  }
  return meanings.back();
}

// libpq's messages have several lines, the server's sometimes: people see one.
std::string one_line(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n' && c != '\t') {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') {
    out.pop_back();
  }
  return out;
}

}  // namespace

ErrorInfo describe_failure(const ServerMessage& message, const std::string& where, const std::string& doing) {
  const Meaning& meaning = meaning_of(message.sqlstate);
  std::string text = cat("could not ", doing, " ", printable(where), ": ", printable(one_line(message.primary)));
  if (!message.detail.empty()) {
    text += cat(" (", printable(one_line(message.detail)), ")");
  }
  const bool lost = message.sqlstate.empty();
  return {.code = lost ? (doing == "connect to" ? "no_connection" : "connection_lost") : std::string(meaning.code),
          .exit = meaning.exit,
          .message = std::move(text),
          .object = where,
          .state = "nothing was changed",
          .next = lost ? "check that the server is running, the host, port, user and name in the URL, and the password"
                       : std::string(meaning.next)};
}

Error failure_of(const std::string& object, const Error& error) {
  ErrorInfo info = error.info();
  info.message = cat(printable(object), ": ", info.message);
  info.object = object;
  return Error(std::move(info));
}

}  // namespace dbrollback::database::postgres
