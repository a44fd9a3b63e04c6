#include "engine/config/health.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "engine/base/text.hpp"
#include "engine/config/command.hpp"
#include "engine/config/web_url.hpp"

namespace dbrollback::config {

namespace {

constexpr Range status_range{100, 599};

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      (void)std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string json_number(const Item& item) {
  if (!std::isfinite(item.node->number)) {
    place_of(item).mistake("must be a finite number: JSON has no other");
  }
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), item.node->number).ptr;
  return {digits.data(), end};
}

std::string json_text(const Item& item) {
  switch (item.node->kind) {
    case Kind::text:
      return json_string(item.node->text);
    case Kind::whole_number:
      return base::cat(item.node->whole_number);
    case Kind::number:
      return json_number(item);
    case Kind::boolean:
      return item.node->boolean ? "true" : "false";
    default:
      wrong_kind(item, "a text, a number, true or false");
  }
}

// { database.ok = true } and { "database.ok" = true } are the same.
void read_expected_json(const Item& table, const std::string& above,
                        std::vector<std::pair<std::string, std::string>>& into) {
  for_each_key(table, [&](const Item& item) {
    const std::string path = above.empty() ? item.name : base::cat(above, ".", item.name);
    if (item.node->kind == Kind::table) {
      read_expected_json(item, path, into);
    } else {
      into.emplace_back(path, json_text(item));
    }
  });
}

void read_probe_key(const Item& item, HealthProbe& probe) {
  if (item.name == "url") {
    WebUrl url = web_url_of(item);
    probe.url = std::move(url.text);
    probe.url_problem = std::move(url.problem);
    probe.name = probe.name.empty() ? url.shown : probe.name;
  } else if (item.name == "command") {
    probe.command = needed_command(item);
    probe.name = probe.name.empty() ? probe.command.front() : probe.name;
  } else if (item.name == "status") {
    probe.status = static_cast<int>(whole_number_of(item, status_range));
  } else if (item.name == "json") {
    read_expected_json(item, {}, probe.json);
  } else if (item.name == "within") {
    probe.within = limit_of(item);
  } else {
    probe.name = text_of(item);
  }
}

HealthProbe read_probe(const Item& table) {
  HealthProbe probe;
  for_each_key(table, {"name", "url", "command", "status", "json", "within"},
               [&](const Item& item) { read_probe_key(item, probe); });
  const bool asks = has(table, "url");
  if (asks == has(table, "command")) {
    place_of(table).mistake(asks ? "has a url and a command; take one of them out"
                                 : "has neither a url nor a command; write url = \"http://127.0.0.1:8000/health\"");
  }
  for (const char* name : {"status", "json"}) {
    if (const auto item = find_key(table, name); item && !asks) {
      key_place_of(*item).mistake("is for a url; a command is satisfied when it exits with 0");
    }
  }
  return probe;
}

}  // namespace

std::vector<HealthProbe> read_probes(const Item& list) {
  std::vector<HealthProbe> probes;
  for (const Item& table : tables_of(list)) {
    probes.push_back(read_probe(table));
  }
  return probes;
}

}  // namespace dbrollback::config
