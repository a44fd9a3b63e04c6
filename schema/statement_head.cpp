#include "schema/statement_head.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace dbrollback::schema {

namespace {

// The words of a list are apart by one blank each.
bool is_one_of(const Word& word, std::string_view list) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    if (word.is(list.substr(at, end - at))) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

constexpr std::string_view attributes =
    "ON OR REPLACE TEMP TEMPORARY GLOBAL LOCAL UNLOGGED UNIQUE MATERIALIZED FOREIGN EVENT RECURSIVE CONSTRAINT VIRTUAL "
    "DATA TEXT SEARCH ACCESS USER DEFAULT TRUSTED PROCEDURAL OPERATOR";
constexpr std::string_view types =
    "TABLE INDEX VIEW SEQUENCE TYPE FUNCTION PROCEDURE ROUTINE AGGREGATE SCHEMA DATABASE TABLESPACE EXTENSION TRIGGER "
    "RULE POLICY ROLE GROUP DOMAIN COLLATION CONVERSION LANGUAGE PUBLICATION SUBSCRIPTION STATISTICS SERVER WRAPPER "
    "CLASS FAMILY METHOD CONFIGURATION DICTIONARY PARSER TEMPLATE MAPPING PRIVILEGES SYSTEM CAST TRANSFORM COLUMN "
    "OWNED";
constexpr std::string_view sqlite_conflict = "OR ROLLBACK ABORT REPLACE FAIL IGNORE";

// What stands between a verb and a name: any number of words of one list, and then one of another.
struct Grammar {
  std::string_view verb;
  std::string_view between;
  std::string_view last;
};

constexpr std::array grammars = {
    Grammar{"CREATE", attributes, types},
    Grammar{"ALTER", attributes, types},
    Grammar{"DROP", attributes, types},
    Grammar{"COMMENT", attributes, types},
    Grammar{"REFRESH", attributes, types},
    Grammar{"REINDEX", attributes, types},
    Grammar{"REASSIGN", "", "OWNED"},
    Grammar{"INSERT", sqlite_conflict, "INTO"},
    Grammar{"REPLACE", "", "INTO"},
    Grammar{"UPDATE", sqlite_conflict, ""},
    Grammar{"DELETE", "", "FROM"},
    Grammar{"MERGE", "", "INTO"},
    Grammar{"COPY", "", "BINARY"},
    Grammar{"TRUNCATE", "", "TABLE"},
    Grammar{"LOCK", "", "TABLE"},
    Grammar{"VACUUM", "FULL FREEZE VERBOSE ANALYZE", ""},
    Grammar{"ANALYZE", "VERBOSE", ""},
    Grammar{"CLUSTER", "VERBOSE", ""},
    Grammar{"SET", "SESSION LOCAL", ""},
    Grammar{"RESET", "", ""},
    Grammar{"PRAGMA", "", ""},
    Grammar{"DISCARD", "", ""},
    Grammar{"CALL", "", ""},
    Grammar{"SAVEPOINT", "", ""},
    Grammar{"RELEASE", "", "SAVEPOINT"},
    Grammar{"ROLLBACK", "WORK TRANSACTION TO", "SAVEPOINT"},
    Grammar{"START", "", "TRANSACTION"},
};

bool is(const Words& words, std::size_t at, std::string_view keyword) {
  return at < words.size() && words[at].is(keyword);
}

int depth_change(const Word& word) { return word.is_symbol('(') ? 1 : word.is_symbol(')') ? -1 : 0; }

// Behind a list of options in parentheses, where there is one.
std::size_t behind_parentheses(const Words& words, std::size_t at) {
  int depth = 0;
  for (; at < words.size(); ++at) {
    depth += depth_change(words[at]);
    if (depth == 0) {
      return words[at].is_symbol(')') ? at + 1 : at;
    }
  }
  return at;
}

// The first word of what WITH is for.
std::size_t main_verb(const Words& words) {
  if (!is(words, 0, "WITH")) {
    return 0;
  }
  int depth = 0;
  for (std::size_t at = 1; at < words.size(); ++at) {
    depth += depth_change(words[at]);
    if (depth == 0 && is_one_of(words[at], "SELECT INSERT REPLACE UPDATE DELETE MERGE VALUES")) {
      return at;
    }
  }
  return 0;
}

std::string in_capitals(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

// Reads on, one word after the other.
class HeadReader {
 public:
  HeadReader(Dialect dialect, const Words& words) : dialect_(dialect), words_(words) {}

  StatementHead read() {
    at_ = main_verb(words_);
    if (at_ == words_.size()) {
      return {};
    }
    const auto* grammar = std::ranges::find_if(grammars, [&](const Grammar& g) { return words_[at_].is(g.verb); });
    take();
    if (grammar != grammars.end()) {
      read_object(*grammar);
    }
    out_.end = at_;
    return std::move(out_);
  }

 private:
  void read_object(const Grammar& grammar) {
    at_ = behind_parentheses(words_, at_);
    while (at_ < words_.size() && is_one_of(words_[at_], grammar.between)) {
      take();
    }
    if (at_ < words_.size() && is_one_of(words_[at_], grammar.last)) {
      take();
    }
    if (is(words_, at_, "CONCURRENTLY")) {
      take();
    }
    out_.if_not_exists = is(words_, at_, "IF") && is(words_, at_ + 1, "NOT") && is(words_, at_ + 2, "EXISTS");
    if (out_.if_not_exists) {
      at_ += 3;
    } else if (is(words_, at_, "IF") && is(words_, at_ + 1, "EXISTS")) {
      at_ += 2;
    }
    at_ += is(words_, at_, "ONLY") ? 1U : 0U;
    if (at_ < words_.size() && !is_one_of(words_[at_], "ON FOR SET AND")) {
      out_.name = dotted_name(dialect_, words_, at_);
    }
  }

  void take() {
    out_.action.append(out_.action.empty() ? "" : " ").append(in_capitals(words_[at_].text));
    ++at_;
  }

  Dialect dialect_;
  const Words& words_;
  std::size_t at_ = 0;
  StatementHead out_;
};

}  // namespace

StatementHead head_of(Dialect dialect, const Words& words) { return HeadReader(dialect, words).read(); }

Control control_of(const Words& words) {
  if (words.empty() || is(words, 1, "PREPARED")) {
    return Control::none;
  }
  const Word& verb = words.front();
  if (is_one_of(verb, "BEGIN START")) {
    return Control::begin;
  }
  if (is_one_of(verb, "COMMIT END") || (verb.is("PREPARE") && is(words, 1, "TRANSACTION"))) {
    return Control::commit;
  }
  if (is_one_of(verb, "SAVEPOINT RELEASE") || (verb.is("ROLLBACK") && has_word(words, "TO"))) {
    return Control::savepoint;
  }
  return is_one_of(verb, "ROLLBACK ABORT") ? Control::rollback : Control::none;
}

bool has_word(const Words& words, std::string_view keyword) {
  return std::ranges::any_of(words, [&](const Word& word) { return word.is(keyword); });
}

bool has_outer_word(const Words& words, std::size_t from, std::string_view keyword) {
  int depth = 0;
  for (std::size_t at = from; at < words.size(); ++at) {
    depth += depth_change(words[at]);
    if (depth == 0 && words[at].is(keyword)) {
      return true;
    }
  }
  return false;
}

std::string dotted_name(Dialect dialect, const Words& words, std::size_t& at) {
  std::string out;
  for (; at < words.size(); at += 2) {
    const auto kind = words[at].kind;
    const bool is_text = kind == Word::Kind::text && dialect == Dialect::sqlite;  // it takes one for a name there
    if (kind != Word::Kind::bare && kind != Word::Kind::name && !is_text) {
      break;
    }
    out += name_of(dialect, words[at]);
    if (at + 1 >= words.size() || !words[at + 1].is_symbol('.')) {
      ++at;
      break;
    }
    out += '.';
  }
  return out;
}

}  // namespace dbrollback::schema
