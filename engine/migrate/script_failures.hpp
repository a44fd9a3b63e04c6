// How the failure of a statement of a script is said: where it is, why it failed, and what mends it.
#pragma once

#include <cstddef>
#include <string>

#include "dbrollback/error.hpp"
#include "engine/migrate/script.hpp"

namespace dbrollback::migrate {

// "2_add_email.sql:3: statement 2 of 4 (CREATE INDEX orders_email)"
[[nodiscard]] std::string place_of(const PreparedScript& script, std::size_t at);

// "nothing of 2_add_email is applied"
[[nodiscard]] std::string nothing_of(const PreparedScript& script);

// Why a database refused what it was asked to do, without where that database is.
[[nodiscard]] std::string reason_of(const Error& error);

// Nobody knows whether the statement is in effect.
[[nodiscard]] bool is_outcome_lost(const Error& error);

// Of a statement in a transaction, of which nothing is left.
[[nodiscard]] ErrorInfo failure_in_transaction(const LoadedProject& project, const PreparedScript& script,
                                               std::size_t at, const Error& error);

}  // namespace dbrollback::migrate
