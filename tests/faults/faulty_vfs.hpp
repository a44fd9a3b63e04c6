// SQLite's default file system with the injector before each of its calls.
#pragma once

#include "tests/faults/injector.hpp"

namespace dbrollback::test {

// For the rest of the process; `injector` must outlive it.
void install_faulty_vfs(Injector& injector);

}  // namespace dbrollback::test
