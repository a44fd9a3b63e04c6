// Runs to make reports of: a way back that broke off, and one with everything that others could have put into it.
#pragma once

#include <chrono>
#include <string>

#include "dbrollback/run.hpp"

namespace dbrollback::test {

inline Time at_second(int seconds, int milliseconds = 0) {
  using namespace std::chrono;
  return sys_days{year{2026} / 11 / 20} + hours{23} + minutes{30} + std::chrono::seconds{seconds} +
         std::chrono::milliseconds{milliseconds};
}

inline RunStep step(const std::string& name, const std::string& title, RunStep::State state, int from, int to,
                    std::vector<std::string> details = {}) {
  return {.name = name,
          .title = title,
          .state = state,
          .started = at_second(from),
          .finished = at_second(to),
          .details = std::move(details)};
}

// A rollback of a shop that came as far as the new database, and then had no room to go on.
inline Run example_run() {
  using enum RunStep::State;
  Run run;
  run.id = "20261120T233015Z-rollback-7f3a";
  run.command = "rollback";
  run.database = "shop";
  run.user = "deploy";
  run.host = "app-1";
  run.tool_version = "0.1.0";
  run.started = at_second(15);
  run.finished = at_second(77, 400);
  run.exit = Exit::partial;
  run.error = ErrorInfo{.code = "app_command_failed",
                        .exit = Exit::partial,
                        .message = "the service web did not start: `systemctl start shop-web` ended with status 1",
                        .object = "web",
                        .state =
                            "the database is as it was before v1.5.0; the application is switched to v1.4.2, and "
                            "stopped",
                        .next = "mend what its last lines say, then `dbrollback rollback --resume`"};
  run.facts = {{"from", "v1.5.0"},
               {"to", "v1.4.2"},
               {"release", "20261120T210000Z-v1.5.0-51c0"},
               {"strategy", "restore"},
               {"reason", "the down script of 20261120_drop_email cannot bring back what its up script dropped"},
               {"trigger", "health gate: http://127.0.0.1:8000/api/health answers 503, 200 is expected"},
               {"snapshot", "20261120T205950Z-v1.5.0-99ab"},
               {"kept_database", "shop_replaced_20261120t233048z"},
               {"recovery_time_ms", "62400"},
               {"rto_ms", "180000"},
               {"downtime_ms", "28900"},
               {"weather", "rain | snow"},
               {"weather", "fog"}};
  run.steps = {
      step("evidence", "collect evidence", done, 15, 18, {"2 sources, one of them silent"}),
      step("build", "restore the snapshot into a new database, and compare it", done, 18, 48,
           {"12 tables, 184,201 rows", "the schema has the fingerprint that was recorded for v1.4.2"}),
      step("stop", "stop the application", done, 48, 50, {"web: `systemctl stop shop-web`"}),
      step("swap", "put the new database into the place of shop", done, 50, 50),
      step("config", "put the configuration files back", skipped, 50, 50, {"skipped by hand"}),
      step("start", "switch the application to v1.4.2 and start it", failed, 51, 77,
           {"web: `systemctl start shop-web` ended with status 1"}),
      {.name = "caches", .title = "clear caches", .state = pending, .started = {}, .finished = {}, .details = {}},
      {.name = "health",
       .title = "wait until it is healthy",
       .state = pending,
       .started = {},
       .finished = {},
       .details = {}}};
  run.losses = {{.object = "table orders",
                 .rows = 1204,
                 .what = "written since the snapshot; they are in shop_replaced_20261120t233048z",
                 .estimated = true},
                {.object = "table audit.log", .rows = 3, .what = "written since the snapshot", .estimated = false},
                {.object = "table users, column phone",
                 .rows = std::nullopt,
                 .what = "was added by v1.5.0 and goes with it",
                 .estimated = false}};
  run.verification = {"the schema has the fingerprint that was recorded for v1.4.2",
                      "12 of 12 tables have the rows of the snapshot, by count and by hash",
                      "check \"no order without a customer\": 0, as expected"};
  run.evidence = {{.source = "journalctl -u shop-web -n 5",
                   .text = "23:29:58 GET /api/orders 500\n"
                           "23:29:58 \x1B[31mERROR\x1B[0m column users.email does not exist\n"
                           "\tat users.ts:42\n"
                           "23:29:59 ```sql SELECT email FROM users```\n",
                   .problem = "",
                   .at = at_second(16)},
                  {.source = "http://127.0.0.1:8000/api/health",
                   .text = "{\"status\": \"<b>down</b>\"}",
                   .problem = "",
                   .at = at_second(17)},
                  {.source = "docker compose logs web --tail=500",
                   .text = "",
                   .problem = "docker is not installed here",
                   .at = at_second(17)}};
  return run;
}

}  // namespace dbrollback::test
