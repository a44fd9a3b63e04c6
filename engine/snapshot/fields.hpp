// Fields of the JSON objects of a manifest: each is checked before it is believed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/document.hpp"

namespace dbrollback::snapshot {

// Throws Error "damaged_manifest" (Exit::damaged): "OBJECT PROBLEM".
[[noreturn]] void damaged(const std::string& object, const std::string& problem);

// Reads fields of an object, naming the first that is missing or of another kind. What it is made of must outlive it.
class Fields {
 public:
  Fields(const base::Json& json, const std::string& object);

  [[nodiscard]] std::string text(const char* key) const;
  [[nodiscard]] std::uint64_t number(const char* key) const;
  [[nodiscard]] std::int64_t signed_number(const char* key) const;
  [[nodiscard]] bool flag(const char* key) const;
  [[nodiscard]] const base::Json& list(const char* key) const;
  [[nodiscard]] Fields object(const char* key) const;
  [[nodiscard]] std::vector<std::string> texts(const char* key) const;
  // Null where there is none, or JSON's null.
  [[nodiscard]] const base::Json* optional(const char* key) const;
  [[nodiscard]] const std::string& name() const { return *object_; }

 private:
  [[nodiscard]] const base::Json& value(const char* key, bool (base::Json::*is)() const noexcept) const;

  const base::Json* json_;
  const std::string* object_;
};

// JSON is UTF-8; names and values in databases are any bytes. Where a text is not UTF-8 its bytes go with it.
void keep_bytes(base::Json& item, const char* key, const std::string& text);
[[nodiscard]] std::string with_bytes(const Fields& item, const char* key, std::string text);

// A text and, where it is not UTF-8, its bytes as KEY_hex behind it; and such a text read again.
void put_text(base::Json& item, const std::string& key, const std::string& text);
[[nodiscard]] std::string get_text(const Fields& item, const std::string& key);

}  // namespace dbrollback::snapshot
