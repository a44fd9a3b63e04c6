#include "engine/recovery/undone.hpp"

#include <algorithm>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::recovery {

using base::cat;
using base::printable;

namespace {

// The oldest first.
std::vector<const Release*> in_effect(const std::vector<Release>& all) {
  std::vector<const Release*> out;
  for (const Release& release : all) {
    if (is_in_effect(release)) {
      out.push_back(&release);
    }
  }
  return out;
}

bool was_good(const Release& release) { return release.good || release.state == Release::State::confirmed; }

// The release that is current once so many, from the end of `chain`, are undone; null: none.
const Release* before(const std::vector<const Release*>& chain, std::size_t undone) {
  return undone < chain.size() ? chain[chain.size() - 1 - undone] : nullptr;
}

// How many of `chain`, from its end, are undone to come to the last good state of another version.
std::size_t until_good(const std::vector<const Release*>& chain) {
  std::size_t undone = 1;
  for (const Release* next = before(chain, undone); next != nullptr; next = before(chain, ++undone)) {
    if (was_good(*next) && next->version != chain.back()->version) {
      break;
    }
  }
  return undone;
}

// To the database as that version had it: as its own release left it, else as it was before the first of those that
// came after it one after another. What only the application went back from is no way to it. 0: none leads to it.
std::size_t until_version(const std::vector<const Release*>& chain, const std::string& to) {
  for (std::size_t undone = 1; undone < chain.size(); ++undone) {
    if (before(chain, undone)->version == to && was_good(*before(chain, undone))) {
      return undone;
    }
  }
  std::size_t found = 0;
  for (std::size_t undone = 1; undone <= chain.size(); ++undone) {
    const Release* next = before(chain, undone);
    if (chain[chain.size() - undone]->previous == to || (next != nullptr && next->version == to)) {
      found = undone;
    } else if (found > 0) {
      break;
    }
  }
  return found;
}

[[noreturn]] void fail_no_such(const std::vector<const Release*>& chain, const std::string& to) {
  std::vector<std::string> known;
  for (const Release* release : chain) {
    for (const std::string& version : {release->previous, release->version}) {
      if (!version.empty() && version != chain.back()->version && std::ranges::find(known, version) == known.end()) {
        known.push_back(printable(version));
      }
    }
  }
  base::fail_usage("no_such_release", cat("no release in effect leads back to ", printable(to)), to,
                   known.empty() ? "`dbrollback releases` lists them"
                                 : cat("give one of ", base::join(known, ", "), "; `dbrollback releases` lists them"));
}

void find_target(const std::vector<const Release*>& chain, std::size_t undone, Undone& out) {
  const Release& first = *chain[chain.size() - undone];
  out.to_version = first.previous;
  out.to_mark = first.previous_mark;
  if (undone == chain.size()) {
    return;
  }
  const Release& before = *chain[chain.size() - 1 - undone];
  if (out.to_version.empty()) {
    out.to_version = before.version;
  }
  if (before.version == out.to_version) {
    out.files = before.files;
    if (out.to_mark.empty()) {
      out.to_mark = before.mark;
    }
  }
}

}  // namespace

namespace {

// Whoever types `rollback` once more after one has been done there already, and wants to go no further.
void refuse_going_further(const std::vector<Release>& all, const Release& current) {
  const Release& newest = all.back();
  if (newest.state == Release::State::rolled_back && was_good(current)) {
    base::fail({.code = "nothing_to_roll_back",
                .exit = Exit::refused,
                .message = cat(printable(newest.version), " is rolled back already, and ", printable(current.version),
                               " before it was good"),
                .object = current.version,
                .state = "nothing was changed",
                .next = "`dbrollback rollback --to V` goes further back; `dbrollback releases` lists them"});
  }
}

}  // namespace

Undone choose_undone(const std::vector<Release>& all, const std::string& to, const std::string& database) {
  const auto chain = in_effect(all);
  const bool is_there = !chain.empty() && !to.empty() && chain.back()->version == to && was_good(*chain.back());
  if (chain.empty() || is_there) {
    base::fail({.code = "nothing_to_roll_back",
                .exit = Exit::refused,
                .message = is_there ? cat(printable(to), " is the current release already")
                                    : cat("no release of ", printable(database), " is in effect"),
                .object = is_there ? to : database,
                .state = "nothing was changed",
                .next = is_there ? "`dbrollback releases` lists those before it"
                                 : "`dbrollback restore` puts a snapshot back"});
  }
  if (to.empty()) {
    refuse_going_further(all, *chain.back());
  }
  const std::size_t undone = to.empty() ? until_good(chain) : until_version(chain, to);
  if (undone == 0) {
    fail_no_such(chain, to);
  }
  Undone out;
  out.from_version = chain.back()->version;
  for (std::size_t i = 0; i < undone; ++i) {
    out.releases.push_back(*chain[chain.size() - 1 - i]);
  }
  find_target(chain, undone, out);
  if (!to.empty()) {
    out.to_version = to;
    out.why = "as asked";
  } else {
    out.why = undone == 1 ? "the state before the current release"
                          : cat("the releases after it were never confirmed: ", undone, " are undone");
  }
  return out;
}

}  // namespace dbrollback::recovery
