#include "engine/release/releases.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>

#include "engine/base/account.hpp"
#include "engine/base/document.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/release/known_good.hpp"
#include "engine/release/release_json.hpp"
#include "engine/snapshot/id.hpp"

namespace dbrollback::release {

using base::cat;
using base::printable;

namespace {

constexpr std::string_view releases_folder = "releases/";
constexpr std::string_view release_ending = ".json";
constexpr std::uint64_t largest_release = 64ULL << 20U;

using GoodVersions = std::set<std::string, std::less<>>;

GoodVersions good_versions(repository::Store& store) {
  GoodVersions versions;
  for (const KnownGood& each : read_known_good(store)) {
    versions.insert(each.version);
  }
  return versions;
}

std::string object_of(std::string_view id) { return cat(releases_folder, id, release_ending); }

// Nothing: there is none of that id.
std::optional<Release> read_record(repository::Store& store, const std::string& id, const GoodVersions& good) {
  const std::string object = object_of(id);
  const auto text = storage::read_object(store.objects(), object, largest_release);
  if (!text) {
    return std::nullopt;
  }
  const std::string described = store.objects().describe(object);
  Release release = release_from_json(base::unseal(*text, described), described);
  if (release.id != id) {
    base::fail({.code = "damaged_document",
                .exit = Exit::damaged,
                .message = cat(printable(described), " is damaged: it is the record of ", printable(release.id)),
                .object = described,
                .state = "nothing was changed",
                .next = "give this file its own name again"});
  }
  release.good = good.contains(release.version);
  return release;
}

// "20261120T233015Z-v1.4.2-7f3a" of "releases/20261120T233015Z-v1.4.2-7f3a.json"; empty for what is no record.
std::string id_in(std::string_view object) {
  if (!object.ends_with(release_ending)) {
    return {};
  }
  object.remove_prefix(releases_folder.size());
  object.remove_suffix(release_ending.size());
  return snapshot::is_id(object) ? std::string(object) : "";
}

void remove_pin_of(repository::Store& store, const std::string& snapshot, const std::string& reason) {
  try {
    if (!snapshot.empty() && store.read_pin(snapshot) == reason) {
      store.remove_pin(snapshot);
    }
  } catch (const Error& error) {
    if (error.exit() != Exit::damaged) {  // better one too many kept than one too few
      throw;
    }
  }
}

void add_pin_of(repository::Store& store, const std::string& snapshot, const std::string& reason) {
  if (!snapshot.empty() && store.is_published(snapshot) && !store.read_pin(snapshot)) {
    store.write_pin(snapshot, reason);
  }
}

}  // namespace

Release begin_release(const std::string& version, const std::string& database) {
  Release release;
  release.started = base::now();
  release.changed = release.started;
  release.id = snapshot::make_id(release.started, version);
  release.version = version;
  release.user = base::own_account();
  release.database.name = database;
  return release;
}

void write(repository::Store& store, const Release& release) {
  const std::string text = base::seal(to_json(release));
  storage::write_object(store.objects(), object_of(release.id), base::bytes_of(text));
  base::reached("release written");
}

Release read(repository::Store& store, const std::string& id) {
  auto release = snapshot::is_id(id) ? read_record(store, id, good_versions(store)) : std::nullopt;
  if (!release) {
    base::fail_usage("no_such_release", cat("there is no release '", printable(id), "'"), id,
                     "`dbrollback releases` shows what there is");
  }
  return std::move(*release);
}

std::vector<Release> read_all(repository::Store& store, const std::string& database) {
  const GoodVersions good = good_versions(store);
  std::vector<Release> releases;
  for (const storage::ObjectStat& object : store.objects().list(std::string(releases_folder))) {
    const std::string id = id_in(object.name);
    auto release = id.empty() ? std::nullopt : read_record(store, id, good);
    if (release && (database.empty() || release->database.name == database)) {
      releases.push_back(std::move(*release));
    }
  }
  std::ranges::stable_sort(releases, {}, &Release::started);  // an id has seconds only
  return releases;
}

std::string pin_reason(const Release& release, bool after) {
  return cat(after ? "after release " : "release ", release.version, " (", release.id, ")");
}

void release_pins(repository::Store& store, const std::string& database) {
  constexpr int kept_confirmed = 2;
  const std::vector<Release> releases = read_all(store, database);
  int confirmed = 0;
  std::set<std::string_view> seen;
  for (auto release = releases.rbegin(); release != releases.rend(); ++release) {
    const bool is_last_of_version = seen.insert(release->version).second;
    const bool is_confirmed = release->state == Release::State::confirmed;
    confirmed += is_confirmed ? 1 : 0;
    // What was never confirmed keeps its own, as long as somebody may want to go back there.
    const bool is_over = is_confirmed || !is_in_effect(*release);
    const bool is_recent = is_confirmed ? confirmed <= kept_confirmed : confirmed < kept_confirmed;
    if (!is_over || is_recent || (release->good && is_last_of_version)) {
      continue;
    }
    remove_pin_of(store, release->database.snapshot, pin_reason(*release, false));
    remove_pin_of(store, release->database.snapshot_after, pin_reason(*release, true));
  }
}

void pin_snapshots(repository::Store& store, const Release& release) {
  add_pin_of(store, release.database.snapshot, pin_reason(release, false));
  add_pin_of(store, release.database.snapshot_after, pin_reason(release, true));
}

}  // namespace dbrollback::release
