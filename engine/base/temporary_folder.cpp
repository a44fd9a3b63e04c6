#include "engine/base/temporary_folder.hpp"

#include <sys/file.h>

#include <cerrno>
#include <exception>
#include <string_view>

#include "engine/base/fail.hpp"
#include "engine/base/random.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

constexpr std::size_t suffix_digits = 8;
constexpr int most_tries = 100;

bool try_lock(const File& folder) {
  return uninterrupted([&] { return system().flock(folder.fd(), LOCK_EX | LOCK_NB); }) == 0;
}

bool is_made_with(const std::string& name, const std::string& beginning) {
  return name.size() == beginning.size() + suffix_digits && name.starts_with(beginning) &&
         name.find_first_not_of("0123456789abcdef", beginning.size()) == std::string::npos;
}

void remove_if_left_behind(const fs::path& path) {
  const auto entry = stat_entry(path);
  if (!entry || !entry->is_folder || !entry->is_ours) {
    return;
  }
  const File folder(path, File::Mode::read);
  if (try_lock(folder)) {
    remove_tree(path);
  }
}

// Leftovers do not keep a command from its work: what cannot be removed stays for the next.
void sweep(const fs::path& beginning) {
  try {
    for (const auto& name : list_folder(beginning.parent_path())) {
      if (is_made_with(name, beginning.filename())) {
        remove_if_left_behind(beginning.parent_path() / name);
      }
    }
  } catch (const Error&) {
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder(const fs::path& beginning) {
  if (!stat_file(beginning.parent_path())) {  // a disk that is not mounted, perhaps: nobody wants the folder under it
    fail_errno(ENOENT, "use", beginning.parent_path());
  }
  sweep(beginning);
  // Another command may sweep the folder away between its making and its locking: then there is another one. Where
  // the file system cannot lock a folder nobody sweeps, and nothing is lost but the room.
  std::exception_ptr failure;
  for (int tries = 0; tries < most_tries; ++tries) {
    path_ = cat(beginning.native(), random_hex(suffix_digits));
    try {
      make_folder(path_, 0700);
      lock_ = File(path_, File::Mode::read);
      const bool is_being_swept = !try_lock(lock_) && errno == EWOULDBLOCK;
      if (!is_being_swept && stat_file(path_)) {
        return;
      }
    } catch (const Error& error) {
      failure = std::current_exception();
      const bool is_there = stat_file(path_).has_value();
      if (is_there) {
        remove_folder_if_empty(path_);
      }
      if (is_there || error.code() != "not_found") {
        throw;
      }
    }
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
  fail_errno(ENOENT, "use", path_);
}

TemporaryFolder::~TemporaryFolder() {
  try {
    remove_tree(path_);
  } catch (const Error&) {  // the next one of its beginning removes it
  }
}

}  // namespace dbrollback::base
