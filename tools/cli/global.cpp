#include "tools/cli/global.hpp"

#include <algorithm>
#include <utility>

#include "tools/cli/fail.hpp"

namespace dbrollback::cli {

Options declare_global(GlobalOptions& target) {
  Options options;
  options.text("config", "FILE", target.config,
               "the configuration file (DBROLLBACK_CONFIG); otherwise dbrollback.toml in the working directory or the "
               "nearest folder above it");
  options.text("repository", "PATH", target.repository,
               "the folder that holds the snapshots (DBROLLBACK_REPOSITORY); otherwise as configured");
  options.text("database", "NAME", target.database,
               "a database of the configuration, or a path or URL such as sqlite:/srv/app/app.db "
               "(DBROLLBACK_DATABASE); otherwise the only one of the configuration");
  options.flag("json", target.json, "print one JSON document on standard output, and nothing else there");
  options.flag("yes", target.yes, "do not ask before changing or removing something");
  options.flag("quiet", target.quiet, "no progress and no notes; warnings and errors stay");
  options.flag("verbose", target.verbose, "say more: the files in use, the time that each phase took, whole lists");
  options.flag("no-color", target.no_color, "no colours, as with NO_COLOR in the environment");
  options.flag("help", target.help, "explain the command");
  options.flag("version", target.version, "print the version");
  return options;
}

CommandLine find_command(std::vector<std::string> words, const Options& global) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = words[i];
    if (word.size() < 2 || word[0] != '-') {
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
      return {word, std::move(words)};
    }
    if (word == "-h" || word == "--") continue;
    const std::string name = word.substr(0, word.find('='));
    const auto& known = global.options();
    const auto option =
        std::find_if(known.begin(), known.end(), [&](const Option& each) { return "--" + each.name == name; });
    if (option == known.end()) {
      // With no command after it, the parser has the better message.
      const bool last = std::none_of(words.begin() + static_cast<std::ptrdiff_t>(i), words.end(),
                                     [](const std::string& later) { return later[0] != '-'; });
      if (last) break;
      fail_usage("unknown_option",
                 "option " + name + " stands before the command, where only options of all commands may", name,
                 "put it after the command: dbrollback COMMAND " + word + " …");
    }
    const bool takes_next = !option->placeholder.empty() && name == word;
    if (takes_next) ++i;
  }
  return {"", std::move(words)};
}

bool typed(const std::vector<std::string>& words, const std::string& flag) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::find(words.begin(), end, flag) != end;
}

}  // namespace dbrollback::cli
