#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "schema/postgres_facts.hpp"
#include "schema/statement_head.hpp"

namespace dbrollback::schema {

namespace {

bool begins_with(const Words& words, std::initializer_list<std::string_view> keywords) {
  return words.size() >= keywords.size() &&
         std::ranges::equal(keywords,
                            Words(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(keywords.size())),
                            [](std::string_view keyword, const Word& word) { return word.is(keyword); });
}

}  // namespace

bool words_refuse_transaction(const Words& words) {
  const auto begin = [&](auto... keywords) { return begins_with(words, {keywords...}); };
  const bool concurrently = has_word(words, "CONCURRENTLY");
  const bool makes_or_drops = begin("CREATE") || begin("DROP");
  if (begin("REINDEX")) {
    return concurrently || has_word(words, "SCHEMA") || has_word(words, "DATABASE") || has_word(words, "SYSTEM");
  }
  if (begin("ALTER", "TABLE")) {
    return concurrently && has_word(words, "DETACH");
  }
  if (begin("ALTER", "TYPE")) {
    return has_word(words, "ADD") && has_word(words, "VALUE");
  }
  if (makes_or_drops && concurrently) {
    return begin("CREATE", "INDEX") || begin("CREATE", "UNIQUE", "INDEX") || begin("DROP", "INDEX");
  }
  return begin("VACUUM") || begin("ALTER", "SYSTEM") || begin("DISCARD", "ALL") ||
         (begin("CLUSTER") && words.size() == 1) || (begin("ALTER", "DATABASE") && has_word(words, "TABLESPACE")) ||
         begin("CREATE", "SUBSCRIPTION") || begin("ALTER", "SUBSCRIPTION") || begin("DROP", "SUBSCRIPTION") ||
         begin("CREATE", "DATABASE") || begin("DROP", "DATABASE") || begin("CREATE", "TABLESPACE") ||
         begin("DROP", "TABLESPACE") || begin("COMMIT", "PREPARED") || begin("ROLLBACK", "PREPARED");
}

}  // namespace dbrollback::schema
