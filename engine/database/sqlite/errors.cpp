#include "engine/database/sqlite/errors.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <memory>

#include "engine/base/file.hpp"
#include "engine/base/processes.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::sqlite {

using base::cat;
using base::printable;

namespace {

constexpr std::string_view magic{"SQLite format 3\0", 16};

// Bits of entropy in each byte: about 8 for ciphertext, less for anything that people or programs write.
double entropy(base::ByteView bytes) {
  std::array<double, 256> counts{};
  for (const std::byte byte : bytes) {
    counts.at(std::to_integer<std::size_t>(byte)) += 1;
  }
  double sum = 0;
  for (const double count : counts) {
    if (count > 0) {
      const double share = count / static_cast<double>(bytes.size());
      sum -= share * std::log2(share);
    }
  }
  return sum;
}

// Reads through SQLite's VFS, which knows what this process holds: closing a descriptor of its own would drop all locks
// that the process has on the file (https://sqlite.org/howtocorrupt.html, 2.2).
std::size_t read_start(const std::filesystem::path& path, std::span<std::byte> into) {
  struct Close {
    void operator()(sqlite3_file* file) const {
      if (file->pMethods != nullptr) {
        (void)file->pMethods->xClose(file);
      }
    }
  };
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  const std::unique_ptr<char, decltype([](char* name) { sqlite3_free_filename(name); })> name(
      const_cast<char*>(sqlite3_create_filename(path.c_str(), "", "", 0, nullptr)));
  std::vector<std::max_align_t> memory(static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
  const std::unique_ptr<sqlite3_file, Close> file(reinterpret_cast<sqlite3_file*>(memory.data()));
  file->pMethods = nullptr;
  sqlite3_int64 size = 0;
  if (vfs->xOpen(vfs, name.get(), file.get(), SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, nullptr) != SQLITE_OK ||
      file->pMethods->xFileSize(file.get(), &size) != SQLITE_OK) {
    return base::File(path, base::File::Mode::read).read_at(0, into);  // says better what keeps it from reading
  }
  const auto wanted = static_cast<int>(std::min<sqlite3_int64>(size, static_cast<sqlite3_int64>(into.size())));
  if (file->pMethods->xRead(file.get(), into.data(), wanted, 0) != SQLITE_OK) {
    return base::File(path, base::File::Mode::read).read_at(0, into);
  }
  return static_cast<std::size_t>(wanted);
}

ErrorInfo locked(const std::string& path) {
  const auto holders = base::lockers_of({path, path + "-shm"});
  return {.code = "database_locked",
          .exit = Exit::busy,
          .message = cat(printable(path), " is locked by ", base::describe(holders)),
          .object = path,
          .state = "nothing was changed",
          .next = "wait until it is done, or give a longer --lock-timeout, then run this command again"};
}

}  // namespace

ErrorInfo describe_failure(sqlite3* handle, int result, const std::string& path, const std::string& doing) {
  const int error_number = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  const std::string why = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(result);
  ErrorInfo info{.code = "sqlite",
                 .exit = Exit::failed,
                 .message = cat("could not ", doing, " ", printable(path), ": ", printable(why)),
                 .object = path,
                 .state = "nothing was changed",
                 .next = {}};
  if (result == SQLITE_READONLY_RECOVERY || result == SQLITE_READONLY_ROLLBACK || result == SQLITE_READONLY_CANTINIT) {
    info.code = "needs_recovery";
    info.message =
        cat(printable(path), " has a journal that a crashed process left, and this account may not roll it back");
    info.next = "run this command as an account that may write the database and its folder";
    return info;
  }
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return locked(path);
    case SQLITE_NOTADB:
      info.code = "not_a_database";
      info.message = cat(printable(path), " is not an SQLite database, or is encrypted");
      info.next = "look whether this is the right file; `dbrollback restore` can put a snapshot in its place";
      break;
    case SQLITE_CORRUPT:
      info.code = "damaged_database";
      info.exit = Exit::damaged;
      info.message = cat(printable(path), " is damaged: ", printable(why));
      info.next = "`dbrollback list` shows the snapshots that could be restored in its place";
      break;
    case SQLITE_FULL:
      info.code = "no_room";
      info.message = cat("there is no room left on the disk of ", printable(path));
      info.next = "free some room there, then run this command again";
      break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      info.code = "no_permission";
      info.message = cat("this account may not write ", printable(path), " or its folder");
      info.next = "run this command as the account that the application runs as";
      break;
    case SQLITE_CANTOPEN:
      info.code = base::stat_file(path) ? "no_permission" : "no_such_file";
      info.message =
          cat("could not open ", printable(path),
              " or the files beside it: ", error_number != 0 ? std::generic_category().message(error_number) : why);
      info.next = "run this command as an account that may read and write the database and its folder";
      break;
    case SQLITE_IOERR:
      if (error_number == ENOSPC || error_number == EDQUOT) {
        info.code = "no_room";
        info.message = cat("there is no room left on the disk of ", printable(path));
        info.next = "free some room there, then run this command again";
        break;
      }
      info.code = "io";
      info.message = cat("the disk failed while this command tried to ", doing, " ", printable(path), ": ",
                         error_number != 0 ? std::generic_category().message(error_number) : why);
      info.next =
          "`dmesg` may say what is wrong with the disk; `dbrollback list` shows what could be restored elsewhere";
      break;
    default:
      break;
  }
  return info;
}

std::optional<ErrorInfo> what_is_wrong_with(const std::filesystem::path& file) {
  const std::string name = printable(file.native());
  ErrorInfo info{.code = "no_such_file",
                 .exit = Exit::failed,
                 .message = cat("there is no file ", name),
                 .object = file,
                 .state = "nothing was changed",
                 .next = "look whether the path is right: `--database`, or `url` in dbrollback.toml"};
  const auto stat = base::stat_file(file);
  if (!stat) {
    return info;
  }
  if (!stat->is_regular) {
    info.code = "not_a_file";
    info.message = cat(name, " is not a file");
    return info;
  }
  if (stat->size == 0) {
    return std::nullopt;  // SQLite takes an empty file for an empty database
  }
  std::array<std::byte, 4096> start{};
  const std::size_t got = read_start(file, start);
  const base::ByteView bytes = base::ByteView(start).first(got);
  if (base::text_of(bytes).starts_with(magic)) {
    return std::nullopt;
  }
  if (got == start.size() && stat->size % 512 == 0 && entropy(bytes) > 7.8) {
    info.code = "encrypted";
    info.message = cat(name, " seems to be encrypted (SQLCipher, SEE): no part of it is readable");
    info.next = "dbrollback needs an unencrypted database; SQLCipher's sqlcipher_export() makes an unencrypted copy";
    return info;
  }
  info.code = "not_a_database";
  info.message = cat(name, " is not an SQLite database: its first bytes are '",
                     printable(base::text_of(bytes.first(std::min<std::size_t>(got, 16)))), "'");
  info.next = "look whether this is the right file; `dbrollback restore` can put a snapshot in its place";
  return info;
}

}  // namespace dbrollback::database::sqlite
