#include "engine/application/application.hpp"

#include <algorithm>
#include <utility>

#include "dbrollback/error.hpp"
#include "engine/application/commands.hpp"
#include "engine/application/health.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::application {

using base::cat;
using base::printable;

namespace {

using Done = std::vector<std::string>;

// One walk through the services: what it did until now is what an Error says of the state of things.
class Walk {
 public:
  Walk(const AppConfig& config, const Redactor& redactor, Observer& observer, const Values& values)
      : config_(config), redactor_(redactor), observer_(observer), values_(values) {}

  void stop(const ServiceConfig& service) { run_all(service.name, "stopping", service.stop, &run_command); }
  void switch_to(const ServiceConfig& service) {
    run_all(service.name, cat("switching to ", values_.version), service.switch_to, &run_command);
  }
  void start(const ServiceConfig& service) { run_all(service.name, "starting", service.start, &run_starting_command); }
  void clear_caches() { run_all("caches", "clearing", config_.clear_caches, &run_command); }

  void wait_for(const ServiceConfig& service) {
    const Health health = wait_until_healthy(service.health, values_, redactor_, config_.folder, observer_);
    if (!health.healthy) {
      base::fail(
          {.code = "app_unhealthy",
           .exit = Exit::failed,
           .message = cat(printable(service.name), " does not become healthy: ", base::join(health.answers, "; ")),
           .object = service.name,
           .state = state(),
           .next = "look at its logs"});
    }
    for (const std::string& answer : health.answers) {
      done_.push_back(cat(printable(service.name), ": ", answer));
    }
  }

  [[nodiscard]] Done done() { return std::move(done_); }

 private:
  using Run = Ran (*)(const CommandLine&, const Surroundings&);

  void run_all(const std::string& who, const std::string& doing, const std::vector<CommandLine>& commands, Run run) {
    for (const CommandLine& each : commands) {
      if (const auto command = expanded(each, values_)) {
        go_on_unless_cancelled(observer_);
        observer_.progress({.phase = cat(doing, " ", who), .done = 0, .total = 0, .unit = "commands"});
        run_one(who, *command, run);
      }
    }
  }

  void run_one(const std::string& who, const CommandLine& command, Run run) {
    const Surroundings here = surroundings_of(config_, redactor_, observer_);
    const std::string line = shown(command, redactor_);
    const Ran ran = run(command, here);
    if (!ran.succeeded) {
      base::fail({.code = "app_command_failed",
                  .exit = Exit::failed,
                  .message = cat(printable(who), ": `", line, "` ", ran.how),
                  .object = who,
                  .state = state(),
                  .next = "run that command by hand to see what it needs"});
    }
    done_.push_back(cat(printable(who), ": `", line, "`"));
  }

  [[nodiscard]] std::string state() const {
    return done_.empty() ? "no command of the application was done before it"
                         : cat("done before it: ", base::join(done_, "; "));
  }

  const AppConfig& config_;
  const Redactor& redactor_;
  Observer& observer_;
  const Values& values_;
  Done done_;
};

// What a command prints, when all goes well.
std::string answer_of(const std::string& who, const CommandLine& command, const Surroundings& here) {
  const Ran ran = run_command(command, here);
  if (!ran.succeeded) {
    base::fail({.code = "app_command_failed",
                .exit = Exit::failed,
                .message = cat(printable(who), ": `", shown(command, *here.redactor), "` ", ran.how),
                .object = who,
                .state = "it was only asked: nothing was changed",
                .next = "run that command by hand to see what it needs"});
  }
  const std::size_t begin = ran.output.find_first_not_of(" \n");
  return begin == std::string::npos ? std::string()
                                    : ran.output.substr(begin, ran.output.find_last_not_of(" \n") + 1 - begin);
}

// The answer of the first service that has such a command, which must be fit for a version.
std::string word_of(const AppConfig& config, CommandLine ServiceConfig::*which, const Surroundings& here) {
  const auto service =
      std::ranges::find_if(config.services, [&](const ServiceConfig& each) { return !(each.*which).empty(); });
  if (service == config.services.end()) {
    return {};
  }
  std::string word = answer_of(service->name, (*service).*which, here);
  try {
    if (!word.empty()) {
      require_version(word);
    }
  } catch (const Error& error) {
    base::fail({.code = "app_command_failed",
                .exit = Exit::failed,
                .message = cat(printable(service->name), ": `", shown((*service).*which, *here.redactor),
                               "` prints what is no version: ", error.what()),
                .object = service->name,
                .state = "it was only asked: nothing was changed",
                .next = "configure a command that prints the version and nothing else"});
  }
  return word;
}

void show(const std::vector<CommandLine>& commands, const Values& values, const Redactor& redactor, Done& into) {
  for (const CommandLine& each : commands) {
    if (const auto command = expanded(each, values)) {
      into.push_back(shown(*command, redactor));
    }
  }
}

}  // namespace

Application::Application(const AppConfig& config, Redactor redactor, Observer& observer)
    : config_(&config), redactor_(std::move(redactor)), observer_(&observer) {}

bool Application::is_managed() const {
  return std::ranges::any_of(config_->services, [](const ServiceConfig& service) {
    return !service.stop.empty() || !service.switch_to.empty() || !service.start.empty();
  });
}

std::string Application::running_version() const {
  return word_of(*config_, &ServiceConfig::version, surroundings_of(*config_, redactor_, *observer_));
}

std::string Application::mark() const {
  return word_of(*config_, &ServiceConfig::mark, surroundings_of(*config_, redactor_, *observer_));
}

std::string Application::dirt() const {
  if (config_->dirty.empty()) {
    return {};
  }
  return answer_of("application", config_->dirty, surroundings_of(*config_, redactor_, *observer_));
}

void Application::require_available(const Values& values) const {
  const Surroundings here = surroundings_of(*config_, redactor_, *observer_);
  for (const ServiceConfig& service : config_->services) {
    const auto command = service.available.empty() ? std::nullopt : expanded(service.available, values);
    if (!command) {
      continue;
    }
    const Ran ran = run_command(*command, here);
    if (!ran.succeeded) {
      base::fail({.code = "version_unavailable",
                  .exit = Exit::refused,
                  .message = cat(printable(service.name), " cannot be switched to ", values.version, ": `",
                                 shown(*command, redactor_), "` ", ran.how),
                  .object = values.version,
                  .state = "nothing was changed",
                  .next =
                      "put that version where this command finds it; or leave the application to somebody else with "
                      "--no-app"});
    }
  }
}

std::vector<std::string> Application::stop(const Values& values) const {
  Walk walk(*config_, redactor_, *observer_, values);
  std::for_each(config_->services.rbegin(), config_->services.rend(),
                [&](const ServiceConfig& service) { walk.stop(service); });
  return walk.done();
}

std::vector<std::string> Application::start(const Values& values) const {
  Walk walk(*config_, redactor_, *observer_, values);
  for (const ServiceConfig& service : config_->services) {
    walk.switch_to(service);
    walk.start(service);
    walk.wait_for(service);
  }
  return walk.done();
}

std::vector<std::string> Application::roll(const Values& values) const {
  Walk walk(*config_, redactor_, *observer_, values);
  for (const ServiceConfig& service : config_->services) {
    walk.stop(service);
    walk.switch_to(service);
    walk.start(service);
    walk.wait_for(service);
  }
  return walk.done();
}

std::vector<std::string> Application::clear_caches(const Values& values) const {
  Walk walk(*config_, redactor_, *observer_, values);
  walk.clear_caches();
  return walk.done();
}

std::vector<std::string> Application::planned(const Values& values, bool rolling) const {
  std::vector<std::string> lines;
  if (!rolling) {
    std::for_each(config_->services.rbegin(), config_->services.rend(),
                  [&](const ServiceConfig& service) { show(service.stop, values, redactor_, lines); });
  }
  for (const ServiceConfig& service : config_->services) {
    if (rolling) {
      show(service.stop, values, redactor_, lines);
    }
    show(service.switch_to, values, redactor_, lines);
    show(service.start, values, redactor_, lines);
  }
  show(config_->clear_caches, values, redactor_, lines);
  return lines;
}

}  // namespace dbrollback::application
