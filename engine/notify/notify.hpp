// Telling others: webhooks.
#pragma once

#include <string>
#include <vector>

#include "dbrollback/config.hpp"
#include "dbrollback/observer.hpp"
#include "dbrollback/run.hpp"

namespace dbrollback::notify {

enum class Event {
  deploy_completed,
  deploy_failed,
  rollback_started,
  rollback_completed,
  rollback_failed,
  verify_failed
};

// Posts to everybody who wants to know, each within a few seconds. That a deploy ended well before the
// application (`hook pre-deploy`) is told to nobody. Never throws: what cannot be delivered is a warning, without the
// URL's secret parts.
void notify(const std::vector<NotifyConfig>& receivers, Event event, const Run& run, Observer& observer) noexcept;

// The body that is posted.
[[nodiscard]] std::string payload(NotifyConfig::Format format, Event event, const Run& run);

}  // namespace dbrollback::notify
