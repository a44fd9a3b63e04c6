// The one error type of dbrollback.
//
// Every function of the public API reports what ends an operation by throwing `Error`; outcomes that a caller must
// expect (damage found by a verification, a difference found by a diff, nothing to prune) are return values.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace dbrollback {

// Process exit statuses. The numbers are part of the command line's contract: never renumber.
enum class Exit : int {
  done = 0,
  failed = 1,       // failed, nothing changed
  usage = 2,        // wrong arguments or configuration
  damaged = 3,      // damage or a difference was found
  refused = 4,      // unsafe without confirmation, or the world moved since the plan
  busy = 5,         // locked, or timed out
  partial = 6,      // failed part way: `state` says where the target stands, `next` what to run
  rolled_back = 7,  // a deploy failed and was rolled back
};

// What happened, to which object, what state things are in now, and what to do next. Each text is a sentence or a part
// of one, fit for a terminal and free of secrets.
struct ErrorInfo {
  std::string code;  // stable, for programs: "not_a_database", "lock_timeout", …
  Exit exit = Exit::failed;
  std::string message;  // what happened
  std::string object;   // the file, snapshot, table or key that it happened to
  std::string state;    // what state things are in now
  std::string next;     // what to type or look at next; may be empty
};

class Error : public std::exception {
 public:
  explicit Error(ErrorInfo info) : info_(std::move(info)) {}

  [[nodiscard]] const char* what() const noexcept override { return info_.message.c_str(); }
  [[nodiscard]] const ErrorInfo& info() const noexcept { return info_; }
  [[nodiscard]] const std::string& code() const noexcept { return info_.code; }
  [[nodiscard]] Exit exit() const noexcept { return info_.exit; }

 private:
  ErrorInfo info_;
};

}  // namespace dbrollback
