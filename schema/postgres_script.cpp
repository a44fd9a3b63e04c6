#include "schema/postgres_script.hpp"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

namespace dbrollback::schema {

namespace {

using Json = nlohmann::json;
using Token = PgQuery__ScanToken;

// What pg_query_scan returned, while it is needed.
class Tokens {
 public:
  explicit Tokens(std::string_view script) : result_(pg_query_scan(std::string(script).c_str())) {
    if (result_.error != nullptr) {
      return;
    }
    scanned_.reset(pg_query__scan_result__unpack(nullptr, result_.pbuf.len,
                                                 reinterpret_cast<const std::uint8_t*>(result_.pbuf.data)));
  }
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  Tokens(Tokens&&) = delete;
  Tokens& operator=(Tokens&&) = delete;
  ~Tokens() { pg_query_free_scan_result(result_); }

  [[nodiscard]] std::string problem() const { return result_.error == nullptr ? "" : result_.error->message; }
  [[nodiscard]] std::size_t size() const { return scanned_ ? scanned_->n_tokens : 0; }
  [[nodiscard]] const Token& operator[](std::size_t i) const { return *scanned_->tokens[i]; }

 private:
  struct Free {
    void operator()(PgQuery__ScanResult* scanned) const { pg_query__scan_result__free_unpacked(scanned, nullptr); }
  };

  PgQueryScanResult result_;
  std::unique_ptr<PgQuery__ScanResult, Free> scanned_;
};

bool is_comment(const Token& token) {
  return token.token == PG_QUERY__TOKEN__SQL_COMMENT || token.token == PG_QUERY__TOKEN__C_COMMENT;
}

// Where a statement ends: at a semicolon outside parentheses and outside the body of a function.
class Ends {
 public:
  // Whether the statement ends before this token.
  bool at(const Token& token) {
    const auto kind = token.token;
    const bool ends = kind == PG_QUERY__TOKEN__ASCII_59 && parentheses_ == 0 && blocks_ == 0;
    if (ends) {
      *this = Ends();
      return true;
    }
    if (kind == PG_QUERY__TOKEN__ASCII_40) {
      ++parentheses_;
    } else if (kind == PG_QUERY__TOKEN__ASCII_41) {
      parentheses_ -= parentheses_ > 0 ? 1 : 0;
    } else if ((kind == PG_QUERY__TOKEN__ATOMIC && before_ == PG_QUERY__TOKEN__BEGIN_P) ||
               (kind == PG_QUERY__TOKEN__CASE && blocks_ > 0)) {
      ++blocks_;
    } else if (kind == PG_QUERY__TOKEN__END_P && blocks_ > 0) {
      --blocks_;
    }
    before_ = kind;
    return false;
  }

 private:
  int parentheses_ = 0;
  int blocks_ = 0;  // BEGIN ATOMIC, and within it CASE, which ends in the same way
  PgQuery__Token before_ = PG_QUERY__TOKEN__NUL;
};

// The same script with blanks in the place of the lines that are psql's. A key is letters and digits in any order,
// which the scanner need not be able to read (https://www.postgresql.org/docs/current/app-psql.html, "\restrict").
std::string without_keys(std::string_view script) {
  std::string out(script);
  for (const std::string_view command : {"\\restrict ", "\\unrestrict "}) {
    for (std::size_t at = out.find(command); at != std::string::npos; at = out.find(command, at + 1)) {
      const std::size_t end = std::min(out.find('\n', at), out.size());
      const auto key = std::string_view(out).substr(at + command.size(), end - at - command.size());
      const bool is_key = std::ranges::all_of(key, [](unsigned char c) { return std::isalnum(c) != 0; });
      if ((at == 0 || out[at - 1] == '\n') && is_key) {
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(at), out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
      }
    }
  }
  return out;
}

struct Place {
  std::size_t at = 0;
  std::string role;
};

void add_literal(const Json& set, std::vector<Place>& out) {
  for (const Json& argument : set.value("args", Json::array())) {
    if (const auto constant = argument.find("A_Const"); constant != argument.end() && constant->contains("sval")) {
      out.push_back({constant->value("location", std::size_t{0}), (*constant)["sval"].value("sval", std::string())});
    }
  }
}

// Wherever the parser saw a role, and the one place where it sees a string.
void find_roles(const Json& tree, std::vector<Place>& out) {
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
std::vector<Place> roles_in(const std::string& statement) {
  std::vector<Place> out;
  const PgQueryParseResult parsed = pg_query_parse(statement.c_str());
  if (parsed.error == nullptr) {
    find_roles(Json::parse(parsed.parse_tree), out);
  }
  pg_query_free_parse_result(parsed);
  std::ranges::sort(out, {}, &Place::at);
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
std::size_t end_at(const Tokens& tokens, std::size_t at) {
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
  const Tokens tokens(statement);
  for (const Place& place : roles_in(statement)) {
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
  const Tokens tokens(without_keys(script));
  out.problem = tokens.problem();
  Ends ends;
  std::size_t begin = 0;
  std::size_t end = 0;  // of the last token that is no comment; 0: there was none yet
  const auto add = [&] {
    if (end != 0) {
      out.statements.push_back(script.substr(begin, end - begin));
    }
    end = 0;
  };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
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
