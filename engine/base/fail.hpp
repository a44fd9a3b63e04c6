// Throwing Error.
#pragma once

#include <string>

#include "dbrollback/error.hpp"

namespace dbrollback::base {

// For designated initialisers: fail({.code = "no_room", .exit = Exit::failed, .message = …}).
[[noreturn]] void fail(ErrorInfo info);

// A mistake in what the user typed or configured.
[[noreturn]] void fail_usage(std::string code, std::string message, std::string object = {}, std::string next = {});

// A system call that failed with `error_number`, on `object`. ENOSPC, EROFS, EACCES and friends get words of their own.
[[noreturn]] void fail_errno(int error_number, const std::string& doing, const std::string& object);

// What `error` says, without the object that its message begins with: for where that object is named already.
[[nodiscard]] std::string problem_of(const Error& error);

}  // namespace dbrollback::base
