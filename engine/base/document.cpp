#include "engine/base/document.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/fail.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::base {

namespace {

constexpr int deepest = 32;

[[noreturn]] void damaged(const std::string& object, std::string_view problem) {
  fail({.code = "damaged_document",
        .exit = Exit::damaged,
        .message = cat(printable(object), " ", problem),
        .object = object,
        .state = "nothing was changed",
        .next = "move this file away, then run this command again"});
}

}  // namespace

std::string to_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json parse_json(std::string_view text, const std::string& object) {
  try {
    const auto shallow = [&](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
      if (depth > deepest) {
        damaged(object, "is nested too deeply");
      }
      return true;
    };
    return Json::parse(text, shallow);
  } catch (const Json::exception&) {
    damaged(object, "is cut off or damaged: it is not JSON");
  }
}

std::string seal(Json document) {
  document["seal"] = to_hex(xxh3_128(bytes_of(to_text(document))));
  return to_text(document);
}

Json unseal(std::string_view text, const std::string& object) {
  Json document = parse_json(text, object);
  if (!document.is_object() || !document.contains("seal")) {
    damaged(object, "is damaged: it has no seal");
  }
  document.erase("seal");
  if (seal(document) != text) {
    damaged(object, "is damaged: it does not fit its seal");
  }
  return document;
}

}  // namespace dbrollback::base
