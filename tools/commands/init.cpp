#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "dbrollback/json.hpp"
#include "tools/cli/ask.hpp"
#include "tools/cli/describe.hpp"
#include "tools/cli/fail.hpp"
#include "tools/cli/text.hpp"
#include "tools/commands/commands.hpp"

namespace dbrollback::commands {
namespace {

namespace fs = std::filesystem;
using cli::AnswersFrom;
using cli::Console;
using cli::Context;

struct Arguments {
  std::string group;
};

struct Setup {
  fs::path file;
  std::string repository;
  std::string database_name;
  std::string database_url;  // empty: none was named
  bool keeps_file = false;   // a configuration is there already and says all that is needed
};

[[noreturn]] void fail_exists(const Setup& setup) {
  cli::fail({.code = "exists",
             .exit = Exit::refused,
             .message = setup.file.string() + " exists already",
             .object = setup.file.string(),
             .state = "it was not touched",
             .next = "edit it, or move it away first"});
}

[[noreturn]] void fail_write(const Setup& setup, int error) {
  cli::fail(
      {.code = "not_writable",
       .exit = Exit::failed,
       .message = "could not write " + setup.file.string() + ": " + std::strerror(error),
       .object = setup.file.string(),
       .state = "there is no configuration",
       .next = "run this command in a folder that this account may write into, or name another file with --config"});
}

// The configuration file, new and empty; gone again unless it is written.
class NewFile {
 public:
  // Never over a file that is there, not even one that appeared a moment ago.
  explicit NewFile(const Setup& setup)
      : setup_(setup), fd_(open(setup.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (fd_ < 0 && errno == EEXIST) fail_exists(setup);
    if (fd_ < 0) fail_write(setup, errno);
  }
  ~NewFile() {
    if (fd_ >= 0) close(fd_);
    if (!written_) unlink(setup_.file.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  NewFile(NewFile&&) = delete;
  NewFile& operator=(NewFile&&) = delete;

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::write(fd_, text.data(), text.size());
      if (count < 0 && errno != EINTR) fail_write(setup_, errno);
      if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
    }
    const int closed = close(std::exchange(fd_, -1));
    if (closed != 0) fail_write(setup_, errno);
    written_ = true;
  }

 private:
  const Setup& setup_;
  int fd_;
  bool written_ = false;
};

// The answer to a question that only a person at a terminal is asked.
std::string ask_or(Context& context, const std::string& question, const std::string& otherwise) {
  const bool ask =
      !context.global().yes && !context.global().json && cli::can_ask(context.console(), AnswersFrom::standard_input);
  if (!ask) return otherwise;
  const std::string answer = cli::ask(context.console(), question, AnswersFrom::standard_input);
  return answer.empty() ? otherwise : answer;
}

Setup decide(Context& context) {
  const std::string& config = context.global().config;
  Setup setup{.file = fs::absolute(config.empty() ? "dbrollback.toml" : config).lexically_normal(),
              .repository = context.global().repository,
              .database_name = "app",
              .database_url = context.database_name()};
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(setup.file, ignored))) {
    // Only its repository may be missing: on a new disk, or because somebody copied the configuration.
    if (!context.global().database.empty()) fail_exists(setup);
    setup.keeps_file = true;
    if (setup.repository.empty()) setup.repository = load_config(setup.file).repository;
    setup.repository = fs::absolute(setup.repository).lexically_normal().string();
    return setup;
  }

  const Config defaults = default_config();
  if (setup.repository.empty()) {
    setup.repository = ask_or(context, "Folder for the snapshots [" + defaults.repository + "]: ", defaults.repository);
  }
  setup.repository = fs::absolute(setup.repository).lexically_normal().string();
  if (setup.database_url.empty()) {
    setup.database_url = ask_or(context, "SQLite file of the application, such as /srv/app/app.db [none yet]: ", "");
  }
  // What the environment will say is not known yet.
  const bool later = setup.database_url.empty() || setup.database_url.starts_with("env:");
  if (!later) {
    setup.database_name = select_database(defaults, setup.database_url).name;
    // A relative path would be relative to the configuration file, not to where it was typed.
    if (!is_postgres_url(setup.database_url)) setup.database_url = sqlite_path(setup.database_url).string();
  }
  return setup;
}

void say(Context& context, const Setup& setup) {
  Console& console = context.console();
  console.say("the repository is " + cli::printable(setup.repository));
  console.say((setup.keeps_file ? "kept as it was: " : "wrote ") + cli::printable(setup.file.string()));
  const std::string options =
      context.global().config.empty() ? "" : " --config " + cli::shell_quote(context.global().config);
  if (setup.database_url.empty() && !setup.keeps_file) {
    cli::say_next(console,
                  {{"first", "name the database in " + setup.file.string()}, {"then", "dbrollback doctor" + options}});
  } else {
    cli::say_next(console, {{"to check everything", "dbrollback doctor" + options},
                            {"to take a snapshot", "dbrollback snapshot" + options}});
  }
}

Exit run(Context& context, const Arguments& arguments) {
  const Setup setup = decide(context);
  const bool known_file =
      !setup.database_url.empty() && !setup.database_url.starts_with("env:") && !is_postgres_url(setup.database_url);
  if (setup.keeps_file) {
    static_cast<void>(Repository::create(setup.repository, arguments.group));
  } else {
    NewFile file(setup);
    static_cast<void>(Repository::create(setup.repository, arguments.group));
    file.write(config_template(setup.repository, setup.database_name, setup.database_url));
  }
  if (known_file) {
    std::error_code ignored;
    const bool exists = fs::exists(setup.database_url, ignored);
    if (!exists) context.console().warning("there is no file " + setup.database_url + " yet");
  }
  if (context.global().json) {
    context.console().document(
        to_json(JsonFields{{"config", setup.file.string()},
                           {"repository", setup.repository},
                           {"database", setup.database_url.empty() ? "" : setup.database_name}}));
  }
  say(context, setup);
  return Exit::done;
}

cli::Help help() {
  return {
      .usage = {"init [--repository PATH] [--database URL] [--group NAME]"},
      .about =
          "Writes a commented dbrollback.toml into the working directory (or where --config says), readable by "
          "its owner only, and creates the repository, the folder that will hold the snapshots. On a terminal "
          "it asks for what the options do not say; with --yes, or without a terminal, it takes the defaults. "
          "A configuration file that exists is never overwritten: without --database only the repository is then made, "
          "the one that it names. A repository that exists is used as it is.",
      .examples = {{"init", "asks"},
                   {"init --repository /var/lib/dbrollback --database sqlite:/srv/app/app.db", "asks nothing"},
                   {"init --repository /srv/snapshots --group ops",
                    "a repository that every account in the group `ops` may use"}},
      .exits = {{Exit::done, "the configuration and the repository are there"},
                {Exit::failed, "the configuration or the repository could not be written"},
                {Exit::usage, "a wrong option, or a database of a kind that is not supported"},
                {Exit::refused, "the configuration file exists already, or the folder holds something else"}}};
}

}  // namespace

cli::Command init_command() {
  const auto arguments = std::make_shared<Arguments>();
  cli::Command command{.name = "init",
                       .summary = "write a configuration and create the repository",
                       .help = help(),
                       .options = {},
                       .run = [arguments](Context& context) { return run(context, *arguments); }};
  command.options.text("group", "NAME", arguments->group,
                       "share the repository with this group: folders 2770 and files 0660, instead of 0700 and 0600");
  return command;
}

}  // namespace dbrollback::commands
