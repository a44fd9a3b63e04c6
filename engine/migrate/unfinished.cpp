#include "engine/migrate/unfinished.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/document.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/storage/object_store.hpp"

namespace dbrollback::migrate {

using base::cat;
using base::Json;
using base::printable;

namespace {

constexpr std::string_view to_its_end = " to its end";  // behind the BEGIN of a script's own transaction

constexpr std::uint64_t largest_record = 1U << 20U;

}  // namespace

UnfinishedRecord::UnfinishedRecord(repository::Store& store, const std::string& identity)
    : store_(&store), object_(cat("migrations/", to_hex(base::xxh3_128(base::bytes_of(identity))), ".json")) {}

std::optional<Unfinished> UnfinishedRecord::read() const {
  const auto text = storage::read_object(store_->objects(), object_, largest_record);
  if (!text) {
    return std::nullopt;
  }
  const std::string object = store_->objects().describe(object_);
  const Json document = base::unseal(*text, object);
  Unfinished out;
  out.what = {.version = document.value("version", ""),
              .name = document.value("name", ""),
              .file = document.value("file", ""),
              .up = document.value("direction", "up") == "up",
              .statements = document.value("statements", std::size_t{0}),
              .done = document.value("done", std::size_t{0}),
              .statement = document.value("statement", ""),
              .line = document.value("line", std::size_t{0}),
              .problem = document.value("problem", ""),
              .since = base::time_from_iso(document.value("since", "")).value_or(Time{})};
  out.done_hash = document.value("done_hash", "");
  out.is_running = document.value("running", false);
  return out;
}

void UnfinishedRecord::write(const Unfinished& unfinished) const {
  const UnfinishedMigration& what = unfinished.what;
  const std::string text = base::seal({{"version", what.version},
                                       {"name", what.name},
                                       {"file", what.file},
                                       {"direction", what.up ? "up" : "down"},
                                       {"statements", what.statements},
                                       {"done", what.done},
                                       {"done_hash", unfinished.done_hash},
                                       {"running", unfinished.is_running},
                                       {"statement", what.statement},
                                       {"line", what.line},
                                       {"problem", what.problem},
                                       {"since", base::to_iso(what.since)}});
  storage::write_object(store_->objects(), object_, base::bytes_of(text));
  base::reached("unfinished migration written");
}

void UnfinishedRecord::remove() const {
  if (store_->objects().stat(object_)) {
    store_->objects().remove(object_);
    base::reached("unfinished migration removed");
  }
}

std::string UnfinishedRecord::object_of(const std::string& state) const {
  return cat(object_.substr(0, object_.rfind('.')), "-", to_hex(base::xxh3_128(base::bytes_of(state))), ".json");
}

void UnfinishedRecord::change_state(const std::string& aside, const std::string& back) const {
  storage::ObjectStore& objects = store_->objects();
  const auto was = storage::read_object(objects, object_, largest_record);
  const auto comes = storage::read_object(objects, object_of(back), largest_record);
  if (was && !aside.empty()) {
    storage::write_object(objects, object_of(aside), base::bytes_of(*was));
  }
  if (comes) {
    storage::write_object(objects, object_, base::bytes_of(*comes));
  } else {
    remove();
  }
}

std::string in_effect(const UnfinishedMigration& unfinished) {
  if (unfinished.done == 0) {
    return "none of its statements is in effect";
  }
  if (unfinished.done == unfinished.statements) {
    return "all of its statements are in effect, and the tool's table does not say so";
  }
  return unfinished.done == 1
             ? cat("statement 1 of ", unfinished.statements, " is in effect")
             : cat("statements 1 to ", unfinished.done, " of ", unfinished.statements, " are in effect");
}

bool is_uncertain(const UnfinishedMigration& unfinished) {
  return unfinished.problem.empty() && unfinished.done < unfinished.statements;
}

ErrorInfo describe(const UnfinishedMigration& unfinished, Exit exit) {
  const std::string which = cat(unfinished.up ? "up" : "down", " of ", printable(unfinished.name));
  std::string state = in_effect(unfinished);
  std::string next = "`dbrollback migrate resume` goes on from there";
  if (unfinished.done < unfinished.statements) {
    const std::string statement = cat("statement ", unfinished.done + 1, " (", printable(unfinished.file), ":",
                                      unfinished.line, ", ", printable(unfinished.statement), ")");
    const bool is_block = unfinished.statement.ends_with(to_its_end);
    if (is_uncertain(unfinished)) {
      state += cat("; ", statement, " was running when the run ended: it may be in effect, or not");
      next =
          "look whether it is: if not, `dbrollback migrate resume --again` runs it again; if it is, `dbrollback "
          "migrate "
          "resume --skip` goes on behind it";
    } else if (unfinished.problem == not_run) {
      state += cat("; ", statement, " was not run");
    } else {
      state += cat("; ", statement, " ", printable(unfinished.problem));
      next = cat("mend what made it fail (the rest of the file may be changed), then `dbrollback migrate resume`; ",
                 "`dbrollback migrate resume --skip` leaves ",
                 is_block ? "the whole transaction out, all from its BEGIN to its end" : "that statement out");
    }
  }
  next +=
      cat("; after mending it by hand: `dbrollback migrate resolve ", unfinished.version, " --applied`, or --reverted");
  return {.code = "unfinished",
          .exit = exit,
          .message = cat(which, " ended half way"),
          .object = unfinished.version,
          .state = std::move(state),
          .next = std::move(next)};
}

}  // namespace dbrollback::migrate
