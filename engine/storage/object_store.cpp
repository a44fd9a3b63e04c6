#include "engine/storage/object_store.hpp"

#include <algorithm>
#include <cctype>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::storage {

namespace {

bool is_valid_part(std::string_view part) {
  return !part.empty() && part.size() <= 200 && part != "." && part != ".." && std::ranges::all_of(part, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("._-%").find(c) != std::string::npos;
  });
}

}  // namespace

bool is_valid_name(std::string_view name) {
  while (true) {
    const std::size_t slash = name.find('/');
    if (!is_valid_part(name.substr(0, slash))) {
      return false;
    }
    if (slash == std::string_view::npos) {
      return true;
    }
    name.remove_prefix(slash + 1);
  }
}

void check_name(std::string_view name) {
  if (!is_valid_name(name)) {
    base::fail({.code = "unsafe_name",
                .exit = Exit::damaged,
                .message = base::cat("the name '", base::printable(name), "' is not one that dbrollback writes"),
                .object = std::string(name),
                .state = "nothing was read from or written to that place",
                .next = "do not use this repository before you know who changed it"});
  }
}

std::optional<std::string> read_object(ObjectStore& store, const std::string& name, std::uint64_t limit) {
  const auto reader = store.open(name);
  if (!reader) {
    return std::nullopt;
  }
  if (reader->size() > limit) {
    base::fail({.code = "too_large",
                .exit = Exit::damaged,
                .message = base::cat(store.describe(name), " is ", base::human_bytes(reader->size()),
                                     ", more than such a file may have (", base::human_bytes(limit), ")"),
                .object = store.describe(name),
                .state = {},
                .next = {}});
  }
  std::string text(reader->size(), '\0');
  text.resize(reader->read_at(0, std::as_writable_bytes(std::span(text))));
  return text;
}

void write_object(ObjectStore& store, const std::string& name, base::ByteView bytes) {
  const auto writer = store.put(name);
  writer->write(bytes);
  writer->commit();
}

}  // namespace dbrollback::storage
