#include "dbrollback/version.hpp"

namespace dbrollback {

const char* version() { return DBROLLBACK_VERSION; }

}  // namespace dbrollback
