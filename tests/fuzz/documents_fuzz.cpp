// Sealed documents: the marker of a repository, a lineage, a proof and a pin, read as a repository reads them.
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/base/document.hpp"
#include "engine/repository/store.hpp"
#include "tests/fuzz/support.hpp"

namespace dbrollback {
namespace {

namespace fs = std::filesystem;
using fuzz::require;
using fuzz::succeeds;

const std::string id = "20261120T233015Z-v1.4.2-7f3a";

// A repository that is removed at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "dbrollback-fuzz-XXXXXX").native();
    require(::mkdtemp(pattern.data()) != nullptr, "there is a temporary folder");
    path_ = pattern;
    fs::create_directories(path_ / "snapshots" / id);
    fs::create_directories(path_ / "databases");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }
  void put(const fs::path& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << text;
  }

 private:
  fs::path path_;
};

// The same document under a seal that fits; nothing for what is none.
std::optional<std::string> sealed(const std::string& text) {
  std::optional<std::string> out;
  (void)succeeds([&] {
    base::Json document = base::parse_json(text, "document");
    if (document.is_object()) {
      document.erase("seal");
      out = base::seal(document);
    }
  });
  return out;
}

void check_seal(const std::string& text) {
  base::Json document;
  if (!succeeds([&] { document = base::unseal(text, "document"); })) {
    return;
  }
  require(base::seal(document) == text, "a document has one text");
  std::string damaged = text;
  damaged[text.size() / 2] ^= 1;
  require(!succeeds([&] { (void)base::unseal(damaged, "document"); }), "a changed byte is found");
}

void check_documents(const Folder& folder, const std::string& text) {
  folder.put("dbrollback.repository", text);
  folder.put("databases/app.json", text);
  for (const char* name : {"proof.json", "pin.json"}) {
    folder.put(fs::path("snapshots") / id / name, text);
  }
  (void)succeeds([&] { (void)repository::Store::open(folder.path()); });
  repository::Store store(folder.path(), {});
  DatabaseConfig database;
  database.name = "app";
  (void)succeeds([&] { (void)store.lineage_of(database, "/srv/app.db"); });
  std::optional<repository::ProofRecord> proof;
  const bool proof_is_readable = succeeds([&] { proof = store.read_proof(id); });
  std::optional<std::string> pin;
  const bool pin_is_readable = succeeds([&] { pin = store.read_pin(id); });
  const SnapshotSummary summary = store.listed_summary(id);
  require(summary.pinned, "a pin that cannot be read is a pin");
  require(!proof_is_readable || !pin_is_readable || (summary.proof == proof->level && summary.pin_reason == *pin),
          "a summary says what its documents say");
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  static const Folder folder;
  const std::string text = fuzz::Input(data, size).rest();
  check_seal(text);
  check_documents(folder, text);
  if (const auto fitting = sealed(text)) {
    check_seal(*fitting);
    check_documents(folder, *fitting);
  }
  return 0;
}
