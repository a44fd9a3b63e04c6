// Independent pieces of work on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace dbrollback::base {

// Calls work(i) for each i below `count`, in order of their beginning, on as many threads as there are cores (`most` at
// most, the calling one among them), and returns when all have ended. The first failure is thrown on; after it no
// further call begins.
void for_each_in_parallel(std::size_t count, unsigned most, const std::function<void(std::size_t i)>& work);

}  // namespace dbrollback::base
