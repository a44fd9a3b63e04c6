#include "engine/database/sqlite/page_vfs.hpp"

#include <algorithm>
#include <cstring>

#include "engine/database/sqlite/vfs.hpp"

namespace dbrollback::database::sqlite {

struct PageVfs::File {
  sqlite3_file base;
  PageVfs* vfs;
};

int PageVfs::read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) noexcept {
  PageVfs& self = *reinterpret_cast<File*>(file)->vfs;
  try {
    const std::uint64_t end = self.source_->size();
    const auto start = std::min(static_cast<std::uint64_t>(offset), end);
    const std::span<std::byte> wanted(static_cast<std::byte*>(into), static_cast<std::size_t>(size));
    const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(wanted.size(), end - start));
    self.source_->read(start, wanted.first(there));
    if (there == wanted.size()) {
      return SQLITE_OK;
    }
    std::memset(wanted.data() + there, 0, wanted.size() - there);
    return SQLITE_IOERR_SHORT_READ;
  } catch (...) {
    self.failure_ = std::current_exception();
    return SQLITE_IOERR_READ;
  }
}

PageVfs::PageVfs(PageSource& source) : source_(&source), name_(unique_vfs_name("dbrollback-pages")) {
  static const sqlite3_io_methods methods = [] {
    sqlite3_io_methods m = inert_file_methods();
    m.xRead = &PageVfs::read;
    m.xWrite = [](sqlite3_file* /*file*/, const void* /*bytes*/, int /*size*/, sqlite3_int64 /*offset*/) {
      return SQLITE_READONLY;
    };
    m.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      *size = static_cast<sqlite3_int64>(reinterpret_cast<File*>(file)->vfs->source_->size());
      return SQLITE_OK;
    };
    // So that a database in WAL mode opens without its -wal: nobody writes to it.
    m.xDeviceCharacteristics = [](sqlite3_file* /*file*/) { return SQLITE_IOCAP_IMMUTABLE; };
    return m;
  }();
  vfs_ = inert_vfs(name_, static_cast<int>(sizeof(File)), this);
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  vfs_.szOsFile = std::max(vfs_.szOsFile, system->szOsFile);
  vfs_.xOpen = [](sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    auto* opened = reinterpret_cast<File*>(file);
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {  // a temporary file, for sorting: a real one
      sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
      return real->xOpen(real, name, file, flags, out_flags);
    }
    opened->vfs = static_cast<PageVfs*>(vfs->pAppData);
    opened->base.pMethods = &methods;
    if (out_flags != nullptr) {
      *out_flags = (flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    }
    return SQLITE_OK;
  };
  (void)sqlite3_vfs_register(&vfs_, 0);
}

PageVfs::~PageVfs() { (void)sqlite3_vfs_unregister(&vfs_); }

void PageVfs::rethrow() const {
  if (failure_) {
    std::rethrow_exception(failure_);
  }
}

}  // namespace dbrollback::database::sqlite
