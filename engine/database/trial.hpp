// A database of our own to try migrations on: in a temporary file, or on a server for proofs.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/base/temporary_folder.hpp"
#include "engine/database/script_session.hpp"
#include "engine/database/server.hpp"

namespace dbrollback::database {

class Trial {
 public:
  Trial() = default;
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  Trial(Trial&&) = delete;
  Trial& operator=(Trial&&) = delete;
  virtual ~Trial() = default;

  [[nodiscard]] virtual std::unique_ptr<ScriptSession> open_session() = 0;
  [[nodiscard]] virtual std::unique_ptr<View> open_view() = 0;
  // Another one like it, as it is now. Precondition: no view and no session of it is open.
  [[nodiscard]] virtual std::unique_ptr<Trial> copy() = 0;
};

// `server`: what ScratchPlace holds, kept as long as the trial.
[[nodiscard]] std::unique_ptr<Trial> try_on_server(std::shared_ptr<void> server, std::unique_ptr<NewDatabase> made);

// `write` makes the file at a path that is given to it, in a new folder below `parent`.
[[nodiscard]] std::unique_ptr<Trial> try_on_file(const std::filesystem::path& parent, const Tick& tick,
                                                 const std::function<void(const std::filesystem::path& file)>& write);

}  // namespace dbrollback::database
