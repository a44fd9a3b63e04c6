#include "engine/config/template_app.hpp"

#include "dbrollback/config.hpp"
#include "engine/base/text.hpp"
#include "engine/config/duration.hpp"

namespace dbrollback::config {

std::string application_example() {
  return base::cat(
      "\n"
      "# The application, for `deploy` and `rollback`: how it is stopped, switched to another version and started. A\n"
      "# preset (compose, git, kubernetes, systemd) has the commands; each can be written out instead, as a list of\n"
      "# texts: stop, switch, start, available, version, mark.\n"
      "# [app]\n"
      "# preset = \"systemd\"\n"
      "# with = { unit = \"shop\", releases = \"/srv/shop/releases\", current = \"/srv/shop/current\" }\n"
      "# config_files = [\".env.production\"]\n"
      "# evidence = [[\"journalctl\", \"--unit=shop\", \"--lines=500\"]]\n"
      "# clear_caches = [\"redis-cli\", \"flushdb\"]\n"
      "# timeout = \"",
      write_duration(AppConfig().timeout),
      "\"\n"
      "# rto = \"5m\"\n"
      "\n"
      "# What tells whether it works, after a deploy and after a rollback.\n"
      "# [[health]]\n"
      "# url = \"http://127.0.0.1:8000/health\"\n"
      "# status = ",
      HealthProbe().status,
      "\n"
      "# json = { status = \"ok\" }\n"
      "# within = \"",
      write_duration(HealthProbe().within),
      "\"\n"
      "\n"
      "# Who is told. A webhook is a secret, and comes from the environment.\n"
      "# [[notify]]\n"
      "# url = \"env:SLACK_WEBHOOK\"\n"
      "# format = \"slack\"\n"
      "# on = [\"deploy_failed\", \"rollback\", \"verify_failed\"]\n");
}

}  // namespace dbrollback::config
