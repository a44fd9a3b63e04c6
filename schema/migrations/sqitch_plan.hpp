// The plan of a sqitch project, and the ids that sqitch derives from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/migrations/format.hpp"

namespace dbrollback::schema::sqitch {

struct Dependency {
  std::string project;                // as it is written; empty: none is
  std::string key;                    // "change", "change@tag", "@tag" or the id of a change
  std::string name;                   // as the registry has it: with the project if that is another one
  std::optional<std::size_t> change;  // in Plan::changes; nothing: it is not of this plan
};

// What a line of the plan says of a change, and of a tag as well.
struct Entry {
  std::string name;        // of a tag with its "@"
  std::string planned_at;  // as in the plan: "2026-11-20T23:30:15Z"
  std::string planner_name;
  std::string planner_email;
  std::string note;
  std::string id;
};

struct Change {
  Entry entry;
  std::vector<Dependency> required;
  std::vector<Dependency> conflicting;
  std::vector<Entry> tags;
  // Of a change that comes again later: the tags until then. Its scripts are named after one of them, most likely after
  // the first.
  std::vector<std::string> rework_tags;
};

struct Plan {
  std::string project;
  std::string uri;  // empty: it has none
  std::vector<Change> changes;
};

// Throws FormatError where sqitch refuses the plan.
[[nodiscard]] Plan read_plan(const SourceFile& file);

// SHA-1 in hexadecimal: of a deploy script's bytes, that is its hash in the registry.
[[nodiscard]] std::string hash(std::string_view bytes);

}  // namespace dbrollback::schema::sqitch
