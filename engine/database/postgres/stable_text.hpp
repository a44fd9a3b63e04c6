// Definitions that PostgreSQL writes one way when a statement made them and another way once they have been read back.
#pragma once

#include <string>
#include <string_view>

namespace dbrollback::database::postgres {

// The way that it stays: a cast of an array is written as casts of its elements. "status IN ('a', 'b')" of a varchar is
// (ARRAY['a'::character varying, …])::text[] at first, and ARRAY[('a'::character varying)::text, …] in its copy.
[[nodiscard]] std::string stable_text(std::string_view definition);

}  // namespace dbrollback::database::postgres
