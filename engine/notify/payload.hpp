// The bodies of messages, one a format.
#pragma once

#include <string>

#include "engine/notify/notify.hpp"

namespace dbrollback::notify {

// docs/reports.md specifies it.
[[nodiscard]] std::string json_payload(Event event, const Run& run);

// For an incoming webhook of Slack, within Slack's limits.
[[nodiscard]] std::string slack_payload(Event event, const Run& run);

}  // namespace dbrollback::notify
