#include "engine/base/fail.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/text.hpp"

namespace dbrollback::base {

void fail(ErrorInfo info) { throw Error(std::move(info)); }

void fail_usage(std::string code, std::string message, std::string object, std::string next) {
  fail({.code = std::move(code),
        .exit = Exit::usage,
        .message = std::move(message),
        .object = std::move(object),
        .state = "nothing was changed",
        .next = std::move(next)});
}

void fail_errno(int error_number, const std::string& doing, const std::string& object) {
  ErrorInfo info{.code = "io",
                 .exit = Exit::failed,
                 .message = cat("could not ", doing, " ", printable(object), ": ", std::strerror(error_number)),
                 .object = object,
                 .state = {},
                 .next = {}};
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      info.code = "no_room";
      info.next = "free some room on that disk, or choose another one";
      break;
    case EACCES:
    case EPERM:
      info.code = "no_permission";
      info.next = cat("run this command as an account that may ", doing, " it");
      break;
    case EROFS:
      info.code = "read_only";
      info.next = "the disk is mounted read-only: choose another place, or mount it for writing";
      break;
    case ENOENT:
      info.code = "not_found";
      break;
    case EPIPE:
      info.code = "closed_pipe";
      info.next = "look at why the program that reads this output ended";
      break;
    default:
      break;
  }
  fail(std::move(info));
}

std::string problem_of(const Error& error) {
  const std::string message = error.what();
  const std::string beginning = cat(printable(error.info().object), " ");
  return message.starts_with(beginning) ? message.substr(beginning.size()) : message;
}

}  // namespace dbrollback::base
