// What goes wrong, and when: one place that counts the calls of a whole run, those that come through base::System and
// those that SQLite makes of its VFS, and decides about each. Configured by the environment:
//
//   DBROLLBACK_FAULTS_ROOT   the folder whose files count; and /proc, as the list of processes
//   DBROLLBACK_FAULTS_TRACE  a file that gets a line for each call ("12 write /path"), each point ("point sum written")
//                            and each thing that was done ("fail 12 write /path")
//   DBROLLBACK_FAULTS        what to do, one or more of these with "; " between them:
//     fail N ENOSPC          the Nth call fails so, once
//     fail N+ ENOSPC         it and all after it that need room fail so
//     short N                the Nth call, a write, writes half of what it was given
//     kill N                 SIGKILL before the Nth call
//     point K NAME           SIGKILL the Kth time that a point is reached
//     cut N MODE             the power fails before the Nth call: see disk.hpp
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/faults/disk.hpp"

namespace dbrollback::test {

class Injector {
 public:
  struct Fault {
    int error = 0;  // 0: the call is made
    bool is_short = false;
  };

  Injector();

  // Before a call on `object`.
  [[nodiscard]] Fault before(std::string_view call, const std::string& object);
  void reached(std::string_view point);

  // After what makes things last. Nothing unless the power is to be cut.
  void synced_file(const std::string& path);
  void synced_folder(const std::string& path);

 private:
  struct Action {
    std::string what;
    long at = 0;
    bool from_then_on = false;
    std::string argument;
  };

  [[nodiscard]] bool counts(const std::string& object) const;
  void trace(const std::string& line) const;

  std::mutex mutex_;
  std::string root_;
  int trace_ = -1;
  std::vector<Action> actions_;
  long calls_ = 0;
  std::map<std::string, long, std::less<>> reached_;
  std::unique_ptr<Disk> disk_;
};

}  // namespace dbrollback::test
