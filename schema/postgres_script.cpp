#include "schema/postgres_script.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "schema/postgres_tokens.hpp"

namespace dbrollback::schema {

namespace {

using Json = nlohmann::json;

struct RolePlace {
  std::size_t at = 0;
  std::string role;
};

void add_literal(const Json& set, std::vector<RolePlace>& out) {
  for (const Json& argument : set.value("args", Json::array())) {
    if (const auto constant = argument.find("A_Const"); constant != argument.end() && constant->contains("sval")) {
      out.push_back({constant->value("location", std::size_t{0}), (*constant)["sval"].value("sval", std::string())});
    }
  }
}

// Wherever the parser saw a role, and the one place where it sees a string.
void find_roles(const Json& tree, std::vector<RolePlace>& out) {
  if (tree.is_object()) {
    if (tree.contains("roletype") && tree.contains("rolename")) {
      out.push_back({tree.value("location", std::size_t{0}), tree["rolename"].get<std::string>()});
    } else if (tree.value("name", Json()) == "session_authorization") {
      add_literal(tree, out);
    }
  }
  if (tree.is_structured()) {
    for (const Json& child : tree) {
      find_roles(child, out);
    }
  }
}

// The roles that a statement names, in the order of their places; none where the parser cannot read it: those that name
// roles are older than any parser that there is.
std::vector<RolePlace> roles_in(const std::string& statement) {
  std::vector<RolePlace> out;
  const PgQueryParseResult parsed = pg_query_parse(statement.c_str());
  if (parsed.error == nullptr) {
    find_roles(Json::parse(parsed.parse_tree), out);
  }
  pg_query_free_parse_result(parsed);
  std::ranges::sort(out, {}, &RolePlace::at);
  return out;
}

std::string doubled(const std::string& name, char quote) {
  std::string out;
  for (const char c : name) {
    out.append(c == quote ? 2 : 1, c);
  }
  return out;
}

// Where the token ends that begins at `at`; `at` itself where none does.
std::size_t end_at(const PostgresTokens& tokens, std::size_t at) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (static_cast<std::size_t>(tokens[i].start) == at) {
      return static_cast<std::size_t>(tokens[i].end);
    }
  }
  return at;
}

std::string with_new_roles(const std::string& statement, const RoleNames& roles) {
  std::string out;
  std::size_t done = 0;
  const PostgresTokens tokens(statement);
  for (const RolePlace& place : roles_in(statement)) {
    const auto renamed = roles.find(place.role);
    if (renamed == roles.end()) {
      continue;
    }
    const bool is_string = statement[place.at] == '\'';
    out.append(statement, done, place.at - done);
    out += is_string ? "'" + doubled(renamed->second, '\'') + "'" : "\"" + doubled(renamed->second, '"') + "\"";
    done = end_at(tokens, place.at);
  }
  out.append(statement, done);
  return out;
}

bool mentions_one(std::string_view statement, const RoleNames& roles) {
  return std::ranges::any_of(roles, [&](const auto& role) {
    return statement.find(doubled(role.first, '"')) != std::string_view::npos ||
           statement.find(doubled(role.first, '\'')) != std::string_view::npos;
  });
}

}  // namespace

PostgresScript split(std::string_view script) {
  PostgresScript out;
  const PostgresTokens tokens(without_keys(script));
  out.problem = tokens.problem();
  PostgresEnds ends;
  std::size_t begin = 0;
  std::size_t end = 0;  // of the last token that is no comment; 0: there was none yet
  const auto add = [&] {
    if (end != 0) {
      out.statements.push_back(script.substr(begin, end - begin));
    }
    end = 0;
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const PostgresToken& token = tokens[i];
    if (is_comment(token)) {
      continue;
    }
    if (ends.at(token)) {
      add();
      continue;
    }
    begin = end == 0 ? static_cast<std::size_t>(token.start) : begin;
    end = static_cast<std::size_t>(token.end);
  }
  add();
  return out;
}

std::optional<std::string> rename_roles(std::string_view script, const RoleNames& roles) {
  const PostgresScript parts = split(script);
  if (!parts.problem.empty()) {
    return std::nullopt;
  }
  std::string out;
  std::size_t done = 0;
  for (const std::string_view statement : parts.statements) {
    if (mentions_one(statement, roles)) {
      const auto at = static_cast<std::size_t>(statement.data() - script.data());
      out.append(script, done, at - done).append(with_new_roles(std::string(statement), roles));
      done = at + statement.size();
    }
  }
  out.append(script, done);
  return out;
}

}  // namespace dbrollback::schema
