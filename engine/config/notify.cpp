#include "engine/config/notify.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/web_url.hpp"

namespace dbrollback::config {

namespace {

// Of `text`, one of `known`.
void require_word(const Item& item, const std::string& text, const std::vector<std::string>& known) {
  if (std::ranges::find(known, text) != known.end()) {
    return;
  }
  const std::string nearest = nearest_name(text, known);
  place_of(item).mistake(base::cat("\"", base::printable(text), "\" is not known here; ",
                                   nearest.empty() ? base::cat("write one of ", base::join(known, ", "))
                                                   : base::cat("did you mean \"", nearest, "\"?")));
}

void read_receiver_url(const Item& item, NotifyConfig& receiver) {
  // Whoever knows such a URL can write into the channel.
  if (text_of(item).find("hooks.slack.com") != std::string::npos) {
    place_of(item).mistake(
        "a webhook of Slack is a secret as such, which must not stand in this file; write env:NAME and set that "
        "environment variable");
  }
  WebUrl url = web_url_of(item);
  receiver.url = std::move(url.text);
  receiver.url_problem = std::move(url.problem);
}

NotifyConfig read_receiver(const Item& table) {
  static const std::vector<std::string> events{"deploy", "deploy_failed", "rollback", "verify_failed"};
  NotifyConfig receiver;
  for_each_key(table, {"url", "format", "on"}, [&](const Item& item) {
    if (item.name == "url") {
      read_receiver_url(item, receiver);
    } else if (item.name == "format") {
      require_word(item, text_of(item), {"json", "slack"});
      receiver.format = text_of(item) == "slack" ? NotifyConfig::Format::slack : NotifyConfig::Format::json;
    } else {
      receiver.on = texts_of(item);
      std::ranges::for_each(receiver.on, [&](const std::string& event) { require_word(item, event, events); });
    }
  });
  if (!has(table, "url")) {
    place_of(table).mistake("has no url; write url = \"env:SLACK_WEBHOOK\"");
  }
  if (!has(table, "on")) {
    receiver.on = {"deploy_failed", "rollback", "verify_failed"};
  }
  return receiver;
}

}  // namespace

std::vector<NotifyConfig> read_receivers(const Item& list) {
  std::vector<NotifyConfig> receivers;
  for (const Item& table : tables_of(list)) {
    receivers.push_back(read_receiver(table));
  }
  return receivers;
}

}  // namespace dbrollback::config
