// Throwing Error from the command line itself.
#pragma once

#include <string>
#include <utility>

#include "dbrollback/error.hpp"

namespace dbrollback::cli {

// For designated initialisers: fail({.code = "not_confirmed", .exit = Exit::refused, .message = …}).
[[noreturn]] inline void fail(ErrorInfo info) { throw Error(std::move(info)); }

// A mistake in what was typed. `next` says what to type instead.
[[noreturn]] inline void fail_usage(std::string code, std::string message, std::string object, std::string next) {
  fail({.code = std::move(code),
        .exit = Exit::usage,
        .message = std::move(message),
        .object = std::move(object),
        .state = "nothing was changed",
        .next = std::move(next)});
}

}  // namespace dbrollback::cli
