#include "engine/database/postgres/kept_databases.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <thread>
#include <tuple>
#include <utility>

#include "engine/base/bytes.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"
#include "engine/database/postgres/other_sessions.hpp"

namespace dbrollback::database::postgres {

using base::cat;
using base::printable;

namespace {

constexpr std::size_t most_bytes = 63;  // NAMEDATALEN - 1
constexpr std::string_view restoring = "_restoring_";
constexpr std::string_view replaced = "_replaced_";
constexpr std::string_view time_form = "20261120t233015z";
constexpr std::size_t hash_digits = 8;
constexpr std::size_t most_stem = most_bytes - restoring.size() - time_form.size();

constexpr std::chrono::milliseconds pause{20};
constexpr std::chrono::milliseconds most_closing{500};

constexpr const char* list_sql = R"(
SELECT d.datname, pg_get_userbyid(d.datdba),
       CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
         THEN pg_database_size(d.oid) END
FROM pg_database d WHERE starts_with(d.datname::text, $1))";

// What the names of all that is kept beside `live` begin with.
std::string stem_of(const std::string& live) {
  if (live.size() <= most_stem) {
    return live;
  }
  std::size_t end = most_stem - hash_digits - 1;
  while (end > 0 && (static_cast<unsigned char>(live[end]) & 0xC0U) == 0x80U) {
    --end;  // not in the middle of a character
  }
  return cat(live.substr(0, end), "_", to_hex(base::xxh3_128(base::bytes_of(live))).substr(0, hash_digits));
}

// The moment that "20261120t233015z" means.
std::optional<base::Time> time_of(std::string_view text) {
  if (text.size() != time_form.size() || text[8] != 't' || text.back() != 'z') {
    return std::nullopt;
  }
  return base::time_from_iso(cat(text.substr(0, 4), "-", text.substr(4, 2), "-", text.substr(6, 2), "T",
                                 text.substr(9, 2), ":", text.substr(11, 2), ":", text.substr(13, 2), "Z"));
}

// What the name says; nothing when it is not one of those kept beside `live`.
std::optional<KeptDatabase> parse(const std::string& live, const std::string& name) {
  const std::string stem = stem_of(live);
  if (!name.starts_with(stem)) {
    return std::nullopt;
  }
  const std::string_view rest = std::string_view(name).substr(stem.size());
  for (const auto& [kind, word] : {std::pair(Kept::restoring, restoring), std::pair(Kept::replaced, replaced)}) {
    if (const auto made = rest.starts_with(word) ? time_of(rest.substr(word.size())) : std::nullopt) {
      return KeptDatabase{.name = name, .kind = kind, .made = *made, .owner = {}, .bytes = {}};
    }
  }
  return std::nullopt;
}

std::vector<std::string> subscriptions_in(Connection& connection, const std::string& oid) {
  const Result rows =
      connection.execute("SELECT subname FROM pg_subscription WHERE subdbid = $1::oid ORDER BY subname", {oid});
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(rows.rows()));
  for (int row = 0; row < rows.rows(); ++row) {
    out.push_back(rows.text(row, 0));
  }
  return out;
}

std::string dropping(const std::string& subscription) {
  const std::string name = quote(subscription);
  return cat("ALTER SUBSCRIPTION ", name, " DISABLE; ALTER SUBSCRIPTION ", name,
             " SET (slot_name = NONE); DROP SUBSCRIPTION ", name);
}

// A database with a subscription cannot be dropped. One that is being built has copies of the live one's, which were
// never at work; without its name, the publisher's slot stays.
void drop_subscriptions(Connection& connection, const KeptDatabase& database,
                        const std::vector<std::string>& subscriptions) {
  if (database.kind == Kept::replaced) {
    base::fail({.code = "has_subscriptions",
                .exit = Exit::refused,
                .message = cat("the database ", printable(database.name), " cannot be dropped: it has the ",
                               subscriptions.size() == 1 ? "subscription " : "subscriptions ",
                               printable(base::join(subscriptions, ", "))),
                .object = database.name,
                .state = "it is still there",
                .next = cat("connect to it and run: ", printable(dropping(subscriptions.front())))});
  }
  Connection inside(connection.parameters().with("dbname", database.name), {});
  (void)inside.execute("SET default_transaction_read_only = off");
  for (const std::string& subscription : subscriptions) {
    (void)inside.execute(dropping(subscription));
  }
}

// A session that was closed is there for a moment more.
void refuse_used(Connection& connection, const std::string& name, const std::string& oid) {
  auto sessions = other_sessions(connection, {oid});
  for (auto waited = pause; !sessions.empty() && waited <= most_closing; waited += pause) {
    std::this_thread::sleep_for(pause);
    sessions = other_sessions(connection, {oid});
  }
  if (!sessions.empty()) {
    base::fail({.code = "database_in_use",
                .exit = Exit::busy,
                .message = cat("the database ", printable(name), " cannot be dropped: ", named(sessions),
                               sessions.size() == 1 ? " is" : " are", " connected to it"),
                .object = name,
                .state = "it is still there",
                .next = "run it again when they are gone"});
  }
}

}  // namespace

std::string kept_name(const std::string& live, Kept kind, base::Time time) {
  std::string moment = base::to_compact(time);
  std::ranges::transform(moment, moment.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return cat(stem_of(live), kind == Kept::restoring ? restoring : replaced, moment);
}

std::vector<KeptDatabase> list_kept(Connection& connection, const std::string& live) {
  const Result rows = connection.execute(list_sql, {cat(stem_of(live), "_re")});
  std::vector<KeptDatabase> out;
  for (int row = 0; row < rows.rows(); ++row) {
    if (auto kept = parse(live, rows.text(row, 0))) {
      kept->owner = rows.text(row, 1);
      if (!rows.is_null(row, 2)) {
        kept->bytes = static_cast<std::uint64_t>(rows.integer(row, 2));
      }
      out.push_back(std::move(*kept));
    }
  }
  std::ranges::sort(out, [](const KeptDatabase& a, const KeptDatabase& b) {
    return std::tie(a.made, a.name) < std::tie(b.made, b.name);
  });
  return out;
}

std::string next_name(Connection& connection, const std::string& live, Kept kind, base::Time now) {
  auto moment = std::chrono::floor<std::chrono::seconds>(now);
  for (const KeptDatabase& kept : list_kept(connection, live)) {
    if (kept.kind == kind) {
      moment = std::max(moment, std::chrono::floor<std::chrono::seconds>(kept.made) + std::chrono::seconds(1));
    }
  }
  return kept_name(live, kind, moment);
}

void drop_kept(Connection& connection, const std::string& live, const std::string& name) {
  const auto kept = parse(live, name);
  if (!kept) {
    base::fail({.code = "not_kept",
                .exit = Exit::refused,
                .message = cat("the database ", printable(name), " is not one that a restore of ", printable(live),
                               " left: it is not dropped"),
                .object = name,
                .state = "nothing was changed",
                .next = "look at its name again"});
  }
  const Result found = connection.execute("SELECT oid, datistemplate FROM pg_database WHERE datname = $1", {name});
  if (found.rows() == 0) {
    base::fail({.code = "no_such_database",
                .exit = Exit::failed,
                .message = cat("there is no database ", printable(name)),
                .object = name,
                .state = "nothing was changed",
                .next = "somebody has dropped it already"});
  }
  const std::string oid = found.text(0, 0);
  refuse_used(connection, name, oid);
  if (const auto subscriptions = subscriptions_in(connection, oid); !subscriptions.empty()) {
    drop_subscriptions(connection, *kept, subscriptions);
  }
  if (found.boolean(0, 1)) {
    (void)connection.execute(cat("ALTER DATABASE ", quote(name), " IS_TEMPLATE false"));
  }
  try {
    (void)connection.execute(cat("DROP DATABASE ", quote(name)));
  } catch (const Error& error) {
    if (error.code() != "connection_lost") {
      refuse_used(connection, name, oid);
    }
    throw;
  }
}

std::vector<std::string> drop_interrupted(Connection& connection, const std::string& live) {
  std::vector<std::string> out;
  for (const KeptDatabase& kept : list_kept(connection, live)) {
    try {
      if (kept.kind == Kept::restoring) {
        drop_kept(connection, live, kept.name);
        out.push_back(kept.name);
      }
    } catch (const Error& error) {
      if (error.code() != "database_in_use") {
        throw;
      }
    }
  }
  return out;
}

}  // namespace dbrollback::database::postgres
