#include "engine/restore/new_file.hpp"

#include <unistd.h>

#include <utility>

#include "engine/base/fail.hpp"
#include "engine/base/system.hpp"
#include "engine/base/temporary_folder.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::restore {

using base::cat;
using base::printable;

namespace {

// SQLite says no more than that it cannot open the file.
void require_folder(const base::fs::path& folder) {
  const auto there = base::stat_file(folder);
  if (!there || !there->is_folder) {
    base::fail({.code = "no_such_folder",
                .exit = Exit::failed,
                .message = cat("there is no folder ", printable(folder.native())),
                .object = folder,
                .state = "nothing was changed",
                .next = "make it first, or choose another path"});
  }
  if (const int why = base::why_no_access(folder, W_OK | X_OK); why != 0) {
    base::fail_errno(why, "write into", folder);
  }
}

}  // namespace

void make_new_file(const std::filesystem::path& file,
                   const std::function<void(const std::filesystem::path& path)>& write) {
  require_folder(file.parent_path());
  const base::TemporaryFolder unfinished(file.native() + ".dbrollback-");
  const base::fs::path written = unfinished.path() / file.filename();
  write(written);
  base::reached("new file written");
  if (!base::rename_file_if_absent(written, file)) {
    base::fail({.code = "exists",
                .exit = Exit::refused,
                .message = cat(printable(file.native()), " exists already"),
                .object = file,
                .state = "nothing was changed",
                .next = "choose another path, or remove that file first"});
  }
  base::reached("new file renamed");
  try {
    base::sync_folder(file.parent_path());
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.exit = Exit::partial;
    info.state = cat(printable(file.native()), " is written and whole, and may be gone after a power cut");
    info.next = "look at that disk, remove the file, and run this command again";
    base::fail(std::move(info));
  }
}

}  // namespace dbrollback::restore
