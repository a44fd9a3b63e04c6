// Telling others what a verification found, by the [[notify]] sections of the configuration.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"
#include "dbrollback/repository.hpp"

namespace dbrollback {

struct VerifyFinding {
  std::string database;  // empty: of all
  Time began{};
  std::vector<std::string> problems;  // a sentence each
  std::string next;                   // what to type
};

// Tells whoever asked for "verify_failed", and keeps a run record of the verification as a whole, which the message
// names. What cannot be told is a warning; nobody asked: nothing happens.
void notify_verify_failed(Repository& repository, const Config& config, const VerifyFinding& finding,
                          Observer& observer);

}  // namespace dbrollback
