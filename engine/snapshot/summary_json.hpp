// A snapshot's summary as JSON: the catalog's rows and what `--json` prints.
#pragma once

#include "dbrollback/snapshot.hpp"
#include "engine/base/document.hpp"

namespace dbrollback::snapshot {

[[nodiscard]] base::Json to_json(const SnapshotSummary& summary);
// Throws Error (Exit::damaged) for anything but what to_json made.
[[nodiscard]] SnapshotSummary summary_from_json(const base::Json& json);

}  // namespace dbrollback::snapshot
