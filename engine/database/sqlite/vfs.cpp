#include "engine/database/sqlite/vfs.hpp"

#include <atomic>
#include <cstring>

namespace dbrollback::database::sqlite {

std::string unique_vfs_name(const std::string& beginning) {
  static std::atomic<unsigned> next{0};
  return beginning + "-" + std::to_string(next++);
}

sqlite3_io_methods inert_file_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = [](sqlite3_file* /*file*/) { return SQLITE_OK; };
  methods.xTruncate = [](sqlite3_file* /*file*/, sqlite3_int64 /*size*/) { return SQLITE_OK; };
  methods.xSync = [](sqlite3_file* /*file*/, int /*flags*/) { return SQLITE_OK; };
  methods.xLock = [](sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; };
  methods.xUnlock = [](sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; };
  methods.xCheckReservedLock = [](sqlite3_file* /*file*/, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
  };
  methods.xFileControl = [](sqlite3_file* /*file*/, int /*operation*/, void* /*argument*/) { return SQLITE_NOTFOUND; };
  methods.xSectorSize = [](sqlite3_file* /*file*/) { return 4096; };
  methods.xDeviceCharacteristics = [](sqlite3_file* /*file*/) { return 0; };
  return methods;
}

sqlite3_vfs inert_vfs(const std::string& name, int file_size, void* data) {
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  sqlite3_vfs vfs{};
  vfs.iVersion = 1;
  vfs.szOsFile = file_size;
  vfs.mxPathname = 512;
  vfs.zName = name.c_str();
  vfs.pAppData = data;
  vfs.xDelete = [](sqlite3_vfs* /*vfs*/, const char* /*path*/, int /*sync*/) { return SQLITE_OK; };
  vfs.xAccess = [](sqlite3_vfs* /*vfs*/, const char* /*path*/, int /*flags*/, int* there) {
    *there = 0;
    return SQLITE_OK;
  };
  vfs.xFullPathname = [](sqlite3_vfs* /*vfs*/, const char* path, int size, char* full) {
    (void)sqlite3_snprintf(size, full, "%s", path);
    return SQLITE_OK;
  };
  vfs.xRandomness = system->xRandomness;
  vfs.xSleep = system->xSleep;
  vfs.xCurrentTime = system->xCurrentTime;
  return vfs;
}

}  // namespace dbrollback::database::sqlite
