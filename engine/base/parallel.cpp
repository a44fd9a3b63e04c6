#include "engine/base/parallel.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <vector>

namespace dbrollback::base {

void for_each_in_parallel(std::size_t count, unsigned most, const std::function<void(std::size_t i)>& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto take = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) {
        work(i);
      }
    } catch (...) {
      next = count;
      const std::scoped_lock lock(mutex);
      failure = failure ? failure : std::current_exception();
    }
  };
  {
    const auto threads = std::min<std::size_t>({count, most, std::max(1U, std::thread::hardware_concurrency())});
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) {
      others.emplace_back(take);
    }
    take();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

void SharedProgress::add(std::uint64_t amount) {
  untold_ += amount;
  if (std::this_thread::get_id() == teller_) {
    (*tell_)(untold_.exchange(0));
  }
}

}  // namespace dbrollback::base
