#include "tools/cli/observer.hpp"

#include "tools/cli/interrupt.hpp"

namespace dbrollback::cli {

ConsoleObserver::~ConsoleObserver() { console_.end_progress(); }

bool ConsoleObserver::cancelled() {
  if (!interrupted()) return false;
  if (!told_) console_.note("stopping and leaving everything as it was; interrupt again to end at once");
  told_ = true;
  return true;
}

}  // namespace dbrollback::cli
