// A run in one sentence: what happened, and how it ended.
#pragma once

#include <string>

#include "dbrollback/run.hpp"

namespace dbrollback::report {

enum class Tone { good, bad, undecided };

// A verification that found damage ended with Exit::damaged, although its record says that nothing failed in it.
[[nodiscard]] Exit exit_of(const Run& run);

// A deploy that ends before the application, which somebody else deploys.
[[nodiscard]] bool is_of_database_alone(const Run& run);

// good: it did what it was to do. undecided: it is not over, or it was refused before anything happened.
[[nodiscard]] Tone tone_of(const Run& run);

// "Rollback of shop from v1.5.0 to v1.4.2".
[[nodiscard]] std::string subject_of(const Run& run);

// "succeeded in 48 s", "failed part way after 12 s".
[[nodiscard]] std::string outcome_of(const Run& run);

// Both, and the error: "Rollback of shop from v1.5.0 to v1.4.2 failed part way after 12 s: the disk is full."
// Or "The database of shop is ready for v1.5.0." Clean, as all of these are.
[[nodiscard]] std::string headline_of(const Run& run);

}  // namespace dbrollback::report
