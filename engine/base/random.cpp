#include "engine/base/random.hpp"

#include <sys/random.h>

#include <cerrno>

#include "engine/base/fail.hpp"

namespace dbrollback::base {

std::string random_hex(std::size_t digits) {
  std::string out;
  for (std::size_t i = 0; i < digits; ++i) {
    unsigned char byte = 0;
    if (getrandom(&byte, 1, 0) != 1) {
      fail_errno(errno, "read", "the kernel's random numbers");
    }
    out += "0123456789abcdef"[byte & 15U];
  }
  return out;
}

}  // namespace dbrollback::base
