#include "engine/database/postgres/connect_beside.hpp"

#include <algorithm>
#include <optional>

#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"

namespace dbrollback::database::postgres {

namespace {

constexpr const char* next = "let this role connect to the database postgres too: none is renamed from inside";

std::vector<std::string> places(const Parameters& admin, const std::vector<std::string>& databases) {
  std::vector<std::string> out;
  for (const std::string& name : {admin.database(), std::string("postgres"), std::string("template1")}) {
    if (std::ranges::find(databases, name) == databases.end() && std::ranges::find(out, name) == out.end()) {
      out.push_back(name);
    }
  }
  return out;
}

}  // namespace

std::unique_ptr<Connection> connect_beside(const Parameters& admin, const ConnectionOptions& options,
                                           const std::vector<std::string>& databases) {
  std::optional<ErrorInfo> first;
  for (const std::string& name : places(admin, databases)) {
    try {
      auto session = std::make_unique<Connection>(admin.with("dbname", name), options);
      (void)session->execute("SET default_transaction_read_only = off");
      return session;
    } catch (const Error& error) {
      if (error.exit() != Exit::failed) {
        throw;
      }
      first = first ? first : error.info();
    }
  }
  if (first) {
    base::fail(*first);
  }
  base::fail({.code = "no_other_database",
              .exit = Exit::failed,
              .message = base::cat("there is no other database to rename ", base::printable(admin.shown()), " from"),
              .object = admin.shown(),
              .state = "nothing was changed",
              .next = next});
}

}  // namespace dbrollback::database::postgres
