// Puts the injector between the program and the machine before main() begins. The program itself knows nothing of it.
#include "tests/faults/faulty_system.hpp"
#include "tests/faults/faulty_vfs.hpp"

namespace dbrollback::test {

namespace {

struct Installed {
  Installed() { install_faulty_vfs(injector); }
  Injector injector;
  FaultySystem system{injector};
  base::ReplacedSystem replaced{system};
};

const Installed* const installed = new Installed;  // for ever: the program's last calls come after static destructors

}  // namespace

}  // namespace dbrollback::test
