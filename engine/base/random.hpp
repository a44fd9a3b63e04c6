// Names that nobody else has.
#pragma once

#include <cstddef>
#include <string>

namespace dbrollback::base {

// `digits` lower-case hexadecimal digits from the kernel's generator.
[[nodiscard]] std::string random_hex(std::size_t digits);

}  // namespace dbrollback::base
