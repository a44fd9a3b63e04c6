#include "engine/snapshot/fields.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::snapshot {

using base::cat;
using base::Json;

void damaged(const std::string& object, const std::string& problem) {
  base::fail({.code = "damaged_manifest",
              .exit = Exit::damaged,
              .message = cat(base::printable(object), " ", problem),
              .object = object,
              .state = "nothing was restored or changed",
              .next = "use another snapshot: `dbrollback list` shows them"});
}

Fields::Fields(const Json& json, const std::string& object) : json_(&json), object_(&object) {
  if (!json.is_object()) {
    damaged(object, "is damaged: an object is missing in it");
  }
}

std::string Fields::text(const char* key) const { return value(key, &Json::is_string).get<std::string>(); }

std::uint64_t Fields::number(const char* key) const {
  return value(key, &Json::is_number_unsigned).get<std::uint64_t>();
}

std::int64_t Fields::signed_number(const char* key) const {
  return value(key, &Json::is_number_integer).get<std::int64_t>();
}

bool Fields::flag(const char* key) const { return value(key, &Json::is_boolean).get<bool>(); }

const Json& Fields::list(const char* key) const { return value(key, &Json::is_array); }

Fields Fields::object(const char* key) const { return {value(key, &Json::is_object), *object_}; }

std::vector<std::string> Fields::texts(const char* key) const {
  std::vector<std::string> out;
  for (const auto& item : list(key)) {
    if (!item.is_string()) {
      damaged(*object_, cat("is damaged: field '", key, "'"));
    }
    out.push_back(item.get<std::string>());
  }
  return out;
}

const Json* Fields::optional(const char* key) const {
  const auto at = json_->find(key);
  return at == json_->end() || at->is_null() ? nullptr : &*at;
}

const Json& Fields::value(const char* key, bool (Json::*is)() const noexcept) const {
  const auto at = json_->find(key);
  if (at == json_->end() || !((*at).*is)()) {
    damaged(*object_, cat("is damaged: field '", key, "' is missing or of the wrong kind"));
  }
  return *at;
}

void keep_bytes(Json& item, const char* key, const std::string& text) {
  if (!base::is_utf8(text)) {
    item[key] = base::hex_of(base::bytes_of(text));
  }
}

std::string with_bytes(const Fields& item, const char* key, std::string text) {
  if (item.optional(key) == nullptr) {
    return text;
  }
  auto bytes = base::bytes_from_hex(item.text(key));
  if (!bytes) {
    damaged(item.name(), cat("is damaged: field '", key, "'"));
  }
  return std::move(*bytes);
}

void put_text(Json& item, const std::string& key, const std::string& text) {
  item[key] = text;
  keep_bytes(item, cat(key, "_hex").c_str(), text);
}

std::string get_text(const Fields& item, const std::string& key) {
  return with_bytes(item, cat(key, "_hex").c_str(), item.text(key.c_str()));
}

}  // namespace dbrollback::snapshot
