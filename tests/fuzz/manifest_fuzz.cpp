// manifest.json: what is read from it survives being written, and leads nowhere outside the snapshot's folder.
#include "dbrollback/json.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/time.hpp"
#include "engine/snapshot/id.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/segment_writer.hpp"
#include "tests/fuzz/support.hpp"
#include "tests/support/memory_store.hpp"

namespace dbrollback {
namespace {

using fuzz::require;
using fuzz::succeeds;

void check(const SnapshotDetails& details) {
  require(snapshot::is_id(details.summary.id), "a manifest's id is one");
  require(details.summary.raw_bytes == details.page_count * details.page_size, "pages and bytes fit each other");
  require(base::time_from_iso(base::to_iso(details.summary.created)) == details.summary.created, "a time is a time");
  for (const auto& segment : details.segments) {
    require(segment.name.find('/') == std::string::npos &&
                storage::is_valid_name(snapshot::object_name(details.summary.id, segment.name)),
            "a segment is a file of the snapshot's folder");
    require(base::hash_from_hex(segment.hash).has_value(), "a hash is one");
  }
  const std::string text = snapshot::manifest_to_text(details);
  require(base::is_utf8(text) && base::is_utf8(to_json(details)), "JSON is UTF-8");
  const SnapshotDetails again = snapshot::manifest_from_text(text, "manifest");
  require(snapshot::manifest_to_text(again) == text, "a manifest survives being written");
  require(again.summary.raw_bytes == details.summary.raw_bytes && again.tables.size() == details.tables.size() &&
              again.segments.size() == details.segments.size() && again.checks.size() == details.checks.size(),
          "nothing of a manifest is lost");
  for (std::size_t i = 0; i < details.tables.size(); ++i) {
    require(again.tables[i].name == details.tables[i].name, "the name of a table is any bytes");
  }
}

// As it is read from a repository, with a checksum that fits.
void check_stored(const std::string& text, const std::string& id) {
  test::MemoryStore store;
  const std::string sum = base::cat(to_hex(base::xxh3_128(base::bytes_of(text))), "  manifest.json\n");
  write_object(store, snapshot::object_name(id, "manifest.sum"), base::bytes_of(sum));
  write_object(store, snapshot::object_name(id, "manifest.json"), base::bytes_of(text));
  require(succeeds([&] { (void)snapshot::read_manifest(store, id); }), "a readable manifest is read where it lies");
  const std::string other = "20000101T000000Z-0000";
  write_object(store, snapshot::object_name(other, "manifest.sum"), base::bytes_of(sum));
  write_object(store, snapshot::object_name(other, "manifest.json"), base::bytes_of(text));
  require(id == other || !succeeds([&] { (void)snapshot::read_manifest(store, other); }),
          "a manifest in another folder is refused");
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  const std::string text = fuzz::Input(data, size).rest();
  SnapshotDetails details;
  if (fuzz::succeeds([&] { details = snapshot::manifest_from_text(text, "manifest"); })) {
    check(details);
    check_stored(text, details.summary.id);
  }
  return 0;
}
