#include "engine/restore/keep_aside.hpp"

#include <algorithm>

#include "engine/base/fail.hpp"
#include "engine/base/file.hpp"
#include "engine/base/processes.hpp"
#include "engine/base/system.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;
using std::filesystem::path;

namespace {

void refuse_if_open(const path& target) {
  const auto holders =
      base::holders_of({target, target.native() + "-wal", target.native() + "-shm", target.native() + "-journal"});
  if (!holders.processes.empty()) {
    base::fail(
        {.code = "open_elsewhere",
         .exit = Exit::busy,
         .message = cat(printable(target.native()),
                        " can only be replaced while no process has it open; it is open in ", base::describe(holders)),
         .object = target,
         .state = "nothing was changed",
         .next = "stop these processes, then run this command again; or restore beside it with --into"});
  }
}

// app.db-wal is kept as app.db.before-restore-…-wal, so that the copies belong together as a database's files do.
path copy_of(const path& target, const std::string& mark, const path& file) {
  return cat(target.native(), mark, file.native().substr(target.native().size()));
}

// Two restores in one second keep two states.
std::string unused_mark(const path& target, const std::vector<path>& files) {
  const std::string when = cat(".before-restore-", base::to_compact(base::now()));
  std::string mark = when;
  const auto is_taken = [&](const path& file) { return base::stat_entry(copy_of(target, mark, file)).has_value(); };
  for (int number = 2; std::ranges::any_of(files, is_taken); ++number) {
    mark = cat(when, "-", number);
  }
  return mark;
}

}  // namespace

KeptAside::KeptAside(const path& target, const std::vector<path>& files) : target_(target) {
  refuse_if_open(target);
  const std::string mark = unused_mark(target, files);
  // A copy has its name once it is whole: one that a crash cut off must not look like what was there.
  const base::TemporaryFolder unfinished(target.native() + ".dbrollback-");
  for (const auto& file : files) {
    copies_.emplace_back(file, copy_of(target, mark, file));
    base::copy_file(file, unfinished.path() / copies_.back().second.filename());
  }
  for (const auto& [original, copy] : copies_) {
    base::rename_file(unfinished.path() / copy.filename(), copy);
  }
  base::sync_folder(target.parent_path());
  base::reached("copies kept aside");
}

std::vector<path> KeptAside::copies() const {
  std::vector<path> out;
  for (const auto& [original, copy] : copies_) {
    out.push_back(copy);
  }
  return out;
}

void KeptAside::clear_place() {
  if (base::stat_file(target_)) {
    base::empty_file(target_);
  }
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    base::remove_file(target_.native() + suffix);
  }
  base::sync_folder(target_.parent_path());
  base::reached("place emptied");
}

void KeptAside::put_back(const Error& reason) {
  try {
    clear_place();
    for (const auto& [original, copy] : copies_) {
      base::overwrite_file(copy, original);
    }
    base::reached("put back");
  } catch (const Error& error) {
    base::fail({.code = "put_back_failed",
                .exit = Exit::partial,
                .message = cat(reason.what(), "; and what was there could not be put back: ", error.what()),
                .object = target_,
                .state = cat(printable(target_.native()), " is empty or incomplete; what was there is whole in ",
                             copies_.empty() ? std::string() : printable(copies_.front().second.native())),
                .next = "mend what kept this command from writing, then run it again"});
  }
}

}  // namespace dbrollback::restore
