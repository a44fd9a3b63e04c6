// "did you mean": what a mistyped word was meant to be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dbrollback::cli {

// The candidate that `word` is a beginning of, or from which it is at most a third of its letters away. Empty: none.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace dbrollback::cli
