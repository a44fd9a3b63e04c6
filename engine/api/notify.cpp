#include "dbrollback/notify.hpp"

#include <algorithm>

#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/notify/notify.hpp"
#include "engine/repository/run_record.hpp"

namespace dbrollback {

void notify_verify_failed(Repository& repository, const Config& config, const VerifyFinding& finding,
                          Observer& observer) {
  const auto asked = [](const NotifyConfig& each) {
    return std::ranges::find(each.on, "verify_failed") != each.on.end();
  };
  if (std::ranges::none_of(config.notify, asked)) {
    return;
  }
  Run run = repository::begin_run("verify", finding.database);
  run.started = finding.began;
  run.finished = base::now();
  run.exit = Exit::damaged;
  run.error = ErrorInfo{.code = "verify_failed",
                        .exit = Exit::damaged,
                        .message = base::join(finding.problems, "; "),
                        .object = finding.database,
                        .state = "nothing was changed",
                        .next = finding.next};
  try {
    repository::write_run(repository.store(), run);
  } catch (const Error& error) {
    observer.warning(base::cat("the record of this run could not be written: ", error.what()));
  }
  notify::notify(config.notify, notify::Event::verify_failed, run, observer);
}

}  // namespace dbrollback
