#include "dbrollback/release.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/base/account.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/release/known_good.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback {

namespace {

constexpr std::chrono::seconds lock_patience{5};

void require_version_text(const std::string& version) {
  constexpr std::size_t longest = 200;
  const bool is_bad = version.empty() || version.size() > longest ||
                      std::ranges::any_of(version, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  if (is_bad) {
    base::fail_usage("bad_version", base::cat("'", base::printable(version), "' cannot be a version of an application"),
                     version, "give one without blanks, such as v1.4.2 or a commit");
  }
}

// For good, as far as this repository goes: the snapshots of the version's last release, of each database.
void pin_last_releases(repository::Store& store, const std::vector<Release>& releases, const std::string& version) {
  std::set<std::string> done;
  for (auto release = releases.rbegin(); release != releases.rend(); ++release) {
    if (release->version == version && done.insert(release->database.name).second) {
      release::pin_snapshots(store, *release);
    }
  }
}

KnownGood good_one(const std::vector<Release>& releases, const std::string& version, const std::string& source) {
  const Release* last = last_release_of(releases, version);
  return {.version = version,
          .marked = base::now(),
          .user = base::own_account(),
          .source = !source.empty()   ? source
                    : last != nullptr ? base::cat("release ", last->id)
                                      : ""};
}

}  // namespace

bool is_in_effect(const Release& release) {
  switch (release.state) {
    case Release::State::migrated:
    case Release::State::confirmed:
      return true;
    case Release::State::started:
    case Release::State::failed:
    case Release::State::abandoned:
      return release.began;
    case Release::State::rolled_back:
      break;
  }
  return false;
}

const char* to_string(Release::State state) {
  constexpr std::array<const char*, 6> names{"started", "migrated", "confirmed", "failed", "rolled_back", "abandoned"};
  return names.at(static_cast<std::size_t>(state));
}

std::vector<Release> list_releases(Repository& repository, const std::string& database) {
  return release::read_all(repository.store(), database);
}

const Release* current_release(const std::vector<Release>& releases) {
  const auto found = std::find_if(releases.rbegin(), releases.rend(), is_in_effect);
  return found == releases.rend() ? nullptr : &*found;
}

std::set<std::string> current_releases(const std::vector<Release>& releases) {
  std::set<std::string> ids;
  std::set<std::string> databases;
  for (auto release = releases.rbegin(); release != releases.rend(); ++release) {
    if (is_in_effect(*release) && databases.insert(release->database.name).second) {
      ids.insert(release->id);
    }
  }
  return ids;
}

const Release* last_release_of(const std::vector<Release>& releases, const std::string& version) {
  const auto found =
      std::find_if(releases.rbegin(), releases.rend(), [&](const Release& each) { return each.version == version; });
  return found == releases.rend() ? nullptr : &*found;
}

std::vector<KnownGood> known_good(Repository& repository) { return release::read_known_good(repository.store()); }

void mark_good(Repository& repository, const std::string& version, const std::string& source) {
  (void)import_good(repository, {version}, source);
}

std::size_t import_good(Repository& repository, const std::vector<std::string>& versions, const std::string& source) {
  std::ranges::for_each(versions, require_version_text);
  repository::Store& store = repository.store();
  store.require_writable();
  const auto shared = store.share(lock_patience);
  const auto alone = store.lock_known_good(lock_patience);
  const std::vector<Release> releases = release::read_all(store, {});
  std::vector<KnownGood> all = release::read_known_good(store);
  const std::size_t before = all.size();
  std::set<std::string> marked;
  std::ranges::transform(all, std::inserter(marked, marked.end()), &KnownGood::version);
  for (const std::string& version : versions) {
    if (marked.insert(version).second) {
      all.push_back(good_one(releases, version, source));
    }
  }
  release::write_known_good(store, all);
  for (const std::string& version : versions) {
    pin_last_releases(store, releases, version);
  }
  return all.size() - before;
}

bool unmark_good(Repository& repository, const std::string& version) {
  repository::Store& store = repository.store();
  store.require_writable();
  const auto shared = store.share(lock_patience);
  const auto alone = store.lock_known_good(lock_patience);
  std::vector<KnownGood> all = release::read_known_good(store);
  if (std::erase_if(all, [&](const KnownGood& each) { return each.version == version; }) == 0) {
    return false;
  }
  release::write_known_good(store, all);
  std::set<std::string> databases;
  for (const Release& release : release::read_all(store, {})) {
    if (release.version == version) {
      databases.insert(release.database.name);
    }
  }
  for (const std::string& database : databases) {
    release::release_pins(store, database);
  }
  return true;
}

std::vector<std::string> versions_of_json(const std::string& text, const std::string& file) {
  return release::versions_of(text, file);
}

}  // namespace dbrollback
