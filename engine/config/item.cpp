#include "engine/config/item.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/config/keys.hpp"
#include "engine/config/url.hpp"

namespace dbrollback::config {

namespace {

Item child_of(const Item& table, const Entry& entry) {
  // Messages show names, and somebody may have taken a URL for one.
  const std::string name = holds_password(entry.key) ? "…" : base::printable(entry.key);
  return {.file = table.file,
          .key = table.key.empty() ? name : base::cat(table.key, ".", name),
          .name = entry.key,
          .key_at = entry.at,
          .node = &entry.value};
}

[[noreturn]] void unknown_key(const Item& item, const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(item.name, known);
  key_place_of(item).mistake(nearest.empty() ? base::cat("unknown key; the keys here are: ", base::join(known, ", "))
                                             : base::cat("unknown key; did you mean '", nearest, "'?"));
}

}  // namespace

Place place_of(const Item& item) { return place_in(item.file, item.node->at, item.key); }

Place key_place_of(const Item& item) { return place_in(item.file, item.key_at, item.key); }

void wrong_kind(const Item& item, std::string_view wanted) {
  place_of(item).mistake(base::cat("must be ", wanted, ", not ", describe(item.node->kind)));
}

void for_each_key(const Item& table, const std::function<void(const Item&)>& visit) {
  if (table.node->kind != Kind::table) {
    wrong_kind(table, describe(Kind::table));
  }
  for (const Entry& entry : table.node->entries) {
    visit(child_of(table, entry));
  }
}

void for_each_key(const Item& table, const std::vector<std::string>& known,
                  const std::function<void(const Item&)>& visit) {
  for_each_key(table, [&](const Item& item) {
    if (std::ranges::find(known, item.name) == known.end()) {
      unknown_key(item, known);
    }
    visit(item);
  });
}

bool has(const Item& table, std::string_view name) {
  return std::ranges::any_of(table.node->entries, [&](const Entry& entry) { return entry.key == name; });
}

std::optional<Item> find_key(const Item& table, std::string_view name) {
  const auto found = std::ranges::find(table.node->entries, name, &Entry::key);
  return found == table.node->entries.end() ? std::nullopt : std::optional(child_of(table, *found));
}

std::vector<Item> tables_of(const Item& list) {
  if (list.node->kind != Kind::list) {
    wrong_kind(list, base::cat("a list of tables, written [[", list.key, "]]"));
  }
  std::vector<Item> tables;
  tables.reserve(list.node->items.size());
  for (const Node& node : list.node->items) {
    tables.push_back(list);
    tables.back().node = &node;
  }
  return tables;
}

const std::string& text_of(const Item& item) {
  if (item.node->kind != Kind::text) {
    wrong_kind(item, describe(Kind::text));
  }
  if (item.node->text.find_first_not_of(" \t\r\n") == std::string::npos) {
    place_of(item).mistake("must not be empty");
  }
  return item.node->text;
}

std::vector<std::string> texts_of(const Item& item) {
  if (item.node->kind != Kind::list) {
    wrong_kind(item, "a list of texts, like [\"public.*\"]");
  }
  std::vector<std::string> texts;
  for (const Node& node : item.node->items) {
    Item text = item;
    text.node = &node;
    texts.push_back(text_of(text));
  }
  return texts;
}

std::int64_t whole_number_of(const Item& item, Range range) {
  if (item.node->kind != Kind::whole_number) {
    wrong_kind(item, whole_number_wanted(range));
  }
  return check_range(place_of(item), item.node->whole_number, range);
}

std::chrono::milliseconds wait_of(const Item& item) {
  if (item.node->kind != Kind::text) {
    wrong_kind(item, "a duration in quotes, like \"5s\"");
  }
  return check_wait(place_of(item), item.node->text);
}

std::chrono::milliseconds limit_of(const Item& item) {
  const auto limit = wait_of(item);
  if (limit == std::chrono::milliseconds(0)) {
    place_of(item).mistake("must be more than 0");
  }
  return limit;
}

std::uint64_t rate_of(const Item& item) {
  if (item.node->kind != Kind::text) {
    wrong_kind(item, "a size in quotes, like \"50MB\"");
  }
  return check_rate(place_of(item), item.node->text);
}

}  // namespace dbrollback::config
