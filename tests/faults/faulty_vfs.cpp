#include "tests/faults/faulty_vfs.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <new>

namespace dbrollback::test {

namespace {

Injector* injector = nullptr;
sqlite3_vfs* real_vfs = nullptr;
std::atomic<int> last_error{0};

// The real file follows it in memory, which SQLite aligns to 8 bytes.
struct Shim {
  sqlite3_file file{};
  std::string name;
  bool name_is_synced = true;  // the first sync of a new journal syncs its folder, as SQLite's own file system does
};

Shim* shim_of(sqlite3_file* file) { return reinterpret_cast<Shim*>(file); }
sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(shim_of(file) + 1); }

// SQLite's file system makes interrupted calls again and completes short writes itself.
int error_of(std::string_view call, const std::string& object) {
  const int error = injector->before(call, object).error;
  if (error != 0 && error != EINTR) {
    last_error = error;
    return error;
  }
  return 0;
}

int error_of(std::string_view call, sqlite3_file* file) { return error_of(call, shim_of(file)->name); }

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path(); }

int close(sqlite3_file* file) {
  const int result = real_of(file)->pMethods->xClose(real_of(file));
  shim_of(file)->name.~basic_string();
  return result;
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  return error_of("read", file) != 0 ? SQLITE_IOERR_READ
                                     : real_of(file)->pMethods->xRead(real_of(file), into, size, offset);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (const int error = error_of("write", file); error != 0) {
    return error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return error_of("truncate", file) != 0 ? SQLITE_IOERR_TRUNCATE
                                         : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

int sync(sqlite3_file* file, int flags) {
  if (error_of("sync", file) != 0) {
    return SQLITE_IOERR_FSYNC;
  }
  const int result = real_of(file)->pMethods->xSync(real_of(file), flags);
  if (result == SQLITE_OK) {
    Shim& shim = *shim_of(file);
    injector->synced_file(shim.name);
    if (!shim.name_is_synced) {
      injector->synced_folder(folder_of(shim.name));
      shim.name_is_synced = true;
    }
  }
  return result;
}

int size(sqlite3_file* file, sqlite3_int64* bytes) {
  return error_of("stat", file) != 0 ? SQLITE_IOERR_FSTAT : real_of(file)->pMethods->xFileSize(real_of(file), bytes);
}

int lock(sqlite3_file* file, int level) {
  return error_of("lock", file) != 0 ? SQLITE_IOERR_LOCK : real_of(file)->pMethods->xLock(real_of(file), level);
}

int shm_map(sqlite3_file* file, int page, int bytes, int extend, void volatile** memory) {
  return error_of("map", shim_of(file)->name + "-shm") != 0
             ? SQLITE_IOERR_SHMMAP
             : real_of(file)->pMethods->xShmMap(real_of(file), page, bytes, extend, memory);
}

sqlite3_io_methods make_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 2;  // with shared memory, without mapped files: every read and write is seen
  methods.xClose = close;
  methods.xRead = read;
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  methods.xFileSize = size;
  methods.xLock = lock;
  methods.xUnlock = [](sqlite3_file* file, int level) {
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
  };
  methods.xCheckReservedLock = [](sqlite3_file* file, int* reserved) {
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), reserved);
  };
  methods.xFileControl = [](sqlite3_file* file, int operation, void* argument) {
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
  };
  methods.xSectorSize = [](sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); };
  // A disk that may tear and reorder what was not synced: SQLite must not count on more.
  methods.xDeviceCharacteristics = [](sqlite3_file* /*file*/) { return 0; };
  methods.xShmMap = shm_map;
  methods.xShmLock = [](sqlite3_file* file, int offset, int count, int flags) {
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
  };
  methods.xShmBarrier = [](sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); };
  methods.xShmUnmap = [](sqlite3_file* file, int remove) {
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
  };
  return methods;
}

int open(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  static const sqlite3_io_methods methods = make_methods();
  file->pMethods = nullptr;
  const std::string path = name != nullptr ? name : "";
  const bool is_new = (flags & SQLITE_OPEN_CREATE) != 0 && !path.empty() && !std::filesystem::exists(path);
  if (error_of(is_new ? "create" : "open", path) != 0) {
    return SQLITE_CANTOPEN;
  }
  Shim* shim = new (file) Shim;
  const int result = real_vfs->xOpen(real_vfs, name, real_of(file), flags, out_flags);
  if (result != SQLITE_OK) {
    shim->name.~basic_string();
    file->pMethods = nullptr;
    return result;
  }
  shim->name = path;
  shim->name_is_synced = !is_new || (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) == 0;
  shim->file.pMethods = &methods;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* /*vfs*/, const char* name, int sync_folder) {
  if (error_of("unlink", name) != 0) {
    return SQLITE_IOERR_DELETE;
  }
  const int result = real_vfs->xDelete(real_vfs, name, sync_folder);
  if (result == SQLITE_OK && sync_folder != 0) {
    injector->synced_folder(folder_of(name));
  }
  return result;
}

int access(sqlite3_vfs* /*vfs*/, const char* name, int flags, int* result) {
  return error_of("stat", name) != 0 ? SQLITE_IOERR_ACCESS : real_vfs->xAccess(real_vfs, name, flags, result);
}

}  // namespace

void install_faulty_vfs(Injector& with) {
  injector = &with;
  real_vfs = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs vfs = *real_vfs;  // what is not named here does not look at which file system it belongs to
  vfs.zName = "faulty";
  vfs.pNext = nullptr;
  vfs.szOsFile = static_cast<int>(sizeof(Shim)) + real_vfs->szOsFile;
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xGetLastError = [](sqlite3_vfs* /*vfs*/, int bytes, char* text) {
    const int error = last_error.exchange(0);
    return error != 0 ? error : real_vfs->xGetLastError(real_vfs, bytes, text);
  };
  (void)sqlite3_vfs_register(&vfs, 1);
}

}  // namespace dbrollback::test
