// What a running operation tells and asks.
#pragma once

#include "dbrollback/observer.hpp"
#include "tools/cli/console.hpp"

namespace dbrollback::cli {

// Shows one operation on `console`; its progress bar goes when this object does.
class ConsoleObserver final : public Observer {
 public:
  explicit ConsoleObserver(Console& console) : console_(console) {}
  ~ConsoleObserver() override;
  ConsoleObserver(const ConsoleObserver&) = delete;
  ConsoleObserver& operator=(const ConsoleObserver&) = delete;
  ConsoleObserver(ConsoleObserver&&) = delete;
  ConsoleObserver& operator=(ConsoleObserver&&) = delete;

  void progress(const Progress& moment) override { console_.progress(moment); }
  void note(std::string_view text) override { console_.note(text); }
  void warning(std::string_view text) override { console_.warning(text); }
  [[nodiscard]] bool cancelled() override;

 private:
  Console& console_;
  bool told_ = false;  // that it is stopping
};

}  // namespace dbrollback::cli
