#include "engine/repository/run_record.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dbrollback/error.hpp"
#include "dbrollback/version.hpp"
#include "engine/base/account.hpp"
#include "engine/base/document.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/repository/run_json.hpp"

namespace dbrollback::repository {

using base::cat;

namespace {

constexpr std::uint64_t largest_run = 64ULL << 20U;
constexpr std::string_view json_ending = ".json";

std::string host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

void write_object_of(Store& store, const std::string& object, const Run& run) {
  const std::string text = base::seal(repository::to_json(run));
  write_object(store.objects(), object, base::bytes_of(text));
}

std::optional<Run> read_object_of(Store& store, const std::string& object) {
  const auto text = storage::read_object(store.objects(), object, largest_run);
  if (!text) {
    return std::nullopt;
  }
  const std::string described = store.objects().describe(object);
  return run_from_json(base::unseal(*text, described), described);
}

// Before runs had ids, only the names of their records were unique.
std::string id_of(const std::string& object) {
  const std::size_t slash = object.rfind('/') + 1;
  return object.substr(slash, object.size() - slash - json_ending.size());
}

std::vector<Run> read_all_of(Store& store, const std::string& prefix, const std::string& database) {
  std::vector<Run> runs;
  for (const storage::ObjectStat& object : store.objects().list(prefix)) {
    if (!object.name.ends_with(json_ending)) {
      continue;
    }
    try {
      auto run = read_object_of(store, object.name);
      if (run && (database.empty() || run->database == database)) {
        run->id = run->id.empty() ? id_of(object.name) : run->id;
        runs.push_back(std::move(*run));
      }
    } catch (const Error&) {  // one that cannot be read hides no other
    }
  }
  std::ranges::stable_sort(runs, {}, &Run::started);
  return runs;
}

// Its action is over, well or not.
void write_or_warn(Store& store, Run run, const RunRecord& record, const Error* error, Observer& observer) {
  try {
    run.facts = record.facts;
    run.finished = base::now();
    if (error != nullptr) {
      run.exit = error->exit();
      run.error = error->info();
    }
    write_run(store, run);
  } catch (const std::exception& failure) {
    observer.warning(cat("the record of this run could not be written: ", failure.what()));
  }
}

}  // namespace

void recorded(Store& store, RunRecord& record, Observer& observer, const std::function<void()>& action) {
  const Run run = begin_run(record.command, record.database);
  try {
    action();
  } catch (const Error& error) {
    write_or_warn(store, run, record, &error, observer);
    throw;
  }
  write_or_warn(store, run, record, nullptr, observer);
}

Run begin_run(const std::string& command, const std::string& database) {
  Run run;
  run.started = base::now();
  run.id = cat(base::to_compact(run.started), "-", command, "-", base::random_hex(4));
  run.command = command;
  run.database = database;
  run.user = base::own_account();
  run.host = host();
  run.tool_version = version();
  return run;
}

void write_run(Store& store, const Run& run) {
  write_object_of(store, cat("runs/", run.id, json_ending), run);
  base::reached("run record written");
}

Journal::Journal(Store& store, const std::string& identity)
    : store_(&store), object_(cat("journals/", to_hex(base::xxh3_128(base::bytes_of(identity))), json_ending)) {}

std::optional<Run> Journal::read() const { return read_object_of(*store_, object_); }

void Journal::write(const Run& run) const {
  write_object_of(*store_, object_, run);
  base::reached("journal written");
}

void Journal::remove() const {
  if (store_->objects().stat(object_)) {
    store_->objects().remove(object_);
    base::reached("journal removed");
  }
}

std::optional<Run> find_run(Store& store, const std::string& id) {
  try {
    return read_object_of(store, cat("runs/", id, json_ending));
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<Run> read_runs(Store& store, const std::string& database) { return read_all_of(store, "runs/", database); }

std::vector<Run> read_journals(Store& store, const std::string& database) {
  return read_all_of(store, "journals/", database);
}

}  // namespace dbrollback::repository
