#include "engine/database/trial.hpp"

#include <utility>

#include "dbrollback/observer.hpp"
#include "engine/base/file.hpp"

namespace dbrollback::database {

namespace {

constexpr const char* folder_name = "dbrollback-scratch-";

class ServerTrial final : public Trial {
 public:
  ServerTrial(std::shared_ptr<void> server, std::unique_ptr<NewDatabase> made)
      : server_(std::move(server)), made_(std::move(made)) {}

  std::unique_ptr<ScriptSession> open_session() override { return made_->open_session(); }
  std::unique_ptr<View> open_view() override { return made_->open_view(); }
  std::unique_ptr<Trial> copy() override {
    auto made = made_->copy();
    made->finish();  // a template does not pass on the settings of the database
    return std::make_unique<ServerTrial>(server_, std::move(made));
  }

 private:
  std::shared_ptr<void> server_;
  std::unique_ptr<NewDatabase> made_;
};

class FileTrial final : public Trial {
 public:
  FileTrial(const std::filesystem::path& parent, Tick tick,
            const std::function<void(const std::filesystem::path&)>& write)
      : parent_(parent), tick_(std::move(tick)), folder_(parent / folder_name), file_(folder_.path() / "trial.db") {
    write(file_);
  }

  std::unique_ptr<ScriptSession> open_session() override {
    DatabaseConfig config;
    config.url = file_.native();
    return open_script_session(config, tick_);
  }
  std::unique_ptr<View> open_view() override {
    ViewOptions options;
    options.tick = tick_;
    return open_file(file_)->open_view(options, silent_);
  }
  std::unique_ptr<Trial> copy() override {
    return std::make_unique<FileTrial>(parent_, tick_,
                                       [&](const std::filesystem::path& file) { base::copy_file(file_, file); });
  }

 private:
  std::filesystem::path parent_;
  Tick tick_;
  base::TemporaryFolder folder_;
  std::filesystem::path file_;
  Observer silent_;
};

}  // namespace

std::unique_ptr<Trial> try_on_server(std::shared_ptr<void> server, std::unique_ptr<NewDatabase> made) {
  return std::make_unique<ServerTrial>(std::move(server), std::move(made));
}

std::unique_ptr<Trial> try_on_file(const std::filesystem::path& parent, const Tick& tick,
                                   const std::function<void(const std::filesystem::path& file)>& write) {
  return std::make_unique<FileTrial>(parent, tick, write);
}

}  // namespace dbrollback::database
