#include "engine/restore/script.hpp"

#include <utility>

#include "engine/base/file.hpp"
#include "engine/base/text.hpp"
#include "engine/database/server.hpp"
#include "engine/repository/take.hpp"
#include "engine/restore/known_roles.hpp"
#include "engine/restore/new_file.hpp"
#include "engine/restore/stored_database.hpp"
#include "engine/snapshot/capture.hpp"

namespace dbrollback::restore {

namespace {

// Many of a script's pieces are one short statement.
class BufferedFile {
 public:
  explicit BufferedFile(const base::fs::path& path) : file_(path, base::File::Mode::create_new) {}

  void write(base::ByteView bytes) {
    base::put(waiting_, bytes);
    if (waiting_.size() >= enough) {
      hand_on();
    }
  }
  // Returns the length.
  std::uint64_t finish() {
    hand_on();
    file_.sync();
    return file_.size();
  }

 private:
  static constexpr std::size_t enough = 1U << 18U;

  void hand_on() {
    file_.write(waiting_);
    waiting_.clear();
  }

  base::File file_;
  base::Bytes waiting_;
};

}  // namespace

std::uint64_t write_script(repository::Store& store, SnapshotDetails manifest, const std::filesystem::path& file,
                           const ExportOptions& options, Observer& observer) {
  refuse_unknown_roles(options.roles, manifest);
  if (manifest.partial) {
    observer.warning(base::cat(manifest.summary.id, " holds the rows of ",
                               base::plural(manifest.tables.size(), "table"), " only: the others will be empty"));
  }
  const StoredServerDatabase stored(store.objects(), std::move(manifest));
  std::uint64_t total = 0;
  for (const auto& run : stored.rows().runs()) {
    total += run.raw_bytes;
  }
  repository::require_room(total, base::disk_of(file).free_bytes, file, "the export",
                           "free some room there, or write the file to another disk");
  std::uint64_t done = 0;
  database::ScriptOptions script;
  script.title = base::cat("the snapshot ", stored.manifest().summary.id);
  script.server_version = stored.manifest().server_version;
  script.roles = options.roles;
  script.progress = [&](std::uint64_t bytes) {
    done += bytes;
    observer.progress({.phase = "writing rows", .done = done, .total = total, .unit = "bytes"});
  };
  script.tick = [&] { snapshot::stop_if_cancelled(observer); };
  std::uint64_t length = 0;
  make_new_file(file, [&](const base::fs::path& path) {
    BufferedFile out(path);
    database::write_script(options.database, stored.stored(), script, [&](base::ByteView bytes) { out.write(bytes); });
    length = out.finish();
  });
  return length;
}

}  // namespace dbrollback::restore
