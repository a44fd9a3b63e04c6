// The warnings that both dialects have.
#pragma once

#include <string>

#include "schema/statement_facts.hpp"

namespace dbrollback::schema {

// `what`: "table", "column", "materialized view", …
[[nodiscard]] inline Warning dropping(const std::string& what, const std::string& name) {
  return {.kind = "drops", .object = name, .text = "drops the " + what + " " + name + ", with all that it holds"};
}

[[nodiscard]] inline Warning renaming(const std::string& name) {
  return {.kind = "renames", .object = name, .text = "an application that still runs uses the old name, " + name};
}

[[nodiscard]] inline Warning deleting_all(const std::string& table) {
  return {.kind = "deletes", .object = table, .text = "deletes all rows of " + table + ": it has no WHERE"};
}

[[nodiscard]] inline Warning updating_all(const std::string& table) {
  return {.kind = "deletes", .object = table, .text = "overwrites all rows of " + table + ": it has no WHERE"};
}

[[nodiscard]] inline Warning blocking(const std::string& object, const std::string& how) {
  return {.kind = "blocks", .object = object, .text = how};
}

[[nodiscard]] inline Warning rewriting(const std::string& table) {
  return blocking(table, "writes all rows anew, under a lock that nothing gets past");
}

[[nodiscard]] inline Warning cascading(const std::string& object) {
  return {.kind = "cascade", .object = object, .text = "and all that depends on " + object + ", whatever that is"};
}

}  // namespace dbrollback::schema
