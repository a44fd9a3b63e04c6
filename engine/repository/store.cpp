#include "engine/repository/store.hpp"

#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/base/document.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/random.hpp"
#include "engine/base/system.hpp"
#include "engine/base/text.hpp"
#include "engine/base/time.hpp"
#include "engine/repository/catalog.hpp"
#include "engine/snapshot/id.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/segment_writer.hpp"
#include "engine/snapshot/verify_stored.hpp"

namespace dbrollback::repository {

using base::cat;
using base::Json;
using base::printable;

namespace {

constexpr const char* marker = "dbrollback.repository";
constexpr unsigned repository_version = 1;
constexpr std::uint64_t largest_sidecar = 64ULL << 20U;

// What holds a database's lineage: its name, with what file systems and people dislike as %XX, and cut where it is
// long.
std::string lineage_file(const std::string& database) {
  constexpr std::size_t longest = 120;
  std::string file;
  for (const char c : database) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    file += plain ? std::string(1, c) : cat("%", base::hex_of(base::bytes_of(std::string_view(&c, 1))));
  }
  if (file.size() > longest) {
    file = cat(file.substr(0, longest), "-", to_hex(base::xxh3_128(base::bytes_of(database))));
  }
  return cat("databases/", file, ".json");
}

[[noreturn]] void fail_damaged(const std::string& object, const std::string& problem) {
  base::fail({.code = "damaged_document",
              .exit = Exit::damaged,
              .message = cat(printable(object), " is damaged: ", problem),
              .object = object,
              .state = {},
              .next = {}});
}

// Reads members of a sealed document: one of another kind than ours is damage.
template <class Read>
auto read_members(const std::string& object, Read read) {
  try {
    return read();
  } catch (const Json::exception&) {
    fail_damaged(object, "a member is of the wrong kind");
  }
}

void give_to_group(const base::fs::path& folder, const std::string& group) {
  const struct group* entry = ::getgrnam(group.c_str());
  if (entry == nullptr) {
    base::fail_usage("unknown_group", cat("there is no group ", printable(group), " on this machine"), group);
  }
  base::set_group(folder, entry->gr_gid);
}

// The snapshots of a repository do not need its marker: they can move.
template <class Read>
Json readable_marker(const base::fs::path& folder, Read read) {
  try {
    return read();
  } catch (const Error& error) {
    ErrorInfo info = error.info();
    info.next = cat("make a new repository with `dbrollback init --repository PATH`, and move ",
                    printable((folder / "snapshots").native()), " into it: the snapshots may well be whole");
    base::fail(std::move(info));
  }
}

[[noreturn]] void refuse_other_database(const std::string& name, const std::string& known,
                                        const std::string& identity) {
  base::fail({.code = "another_database",
              .exit = Exit::refused,
              .message = cat("this repository knows ", printable(name), " as ", printable(known), ", and this is ",
                             printable(identity)),
              .object = identity,
              .state = "nothing was changed",
              .next = "give each a name of its own in dbrollback.toml ([database.NAME]), or use another --repository"});
}

}  // namespace

Store::Store(base::fs::path folder, storage::Permissions permissions)
    : folder_(std::move(folder)), permissions_(permissions), objects_(folder_, permissions) {}
Store::~Store() = default;

std::unique_ptr<Store> Store::create(const base::fs::path& folder, const std::string& group) {
  if (base::stat_file(folder / marker)) {
    return open(folder);
  }
  if (!base::list_folder(folder).empty()) {
    base::fail({.code = "not_empty",
                .exit = Exit::refused,
                .message = cat(printable(folder.native()), " holds something else already"),
                .object = folder,
                .state = "nothing was changed",
                .next = "choose an empty or a new folder for the repository"});
  }
  const storage::Permissions permissions =
      group.empty() ? storage::Permissions{} : storage::Permissions{.folder = 02770, .file = 0660};
  base::make_folder(folder, permissions.folder);
  if (!group.empty()) {
    give_to_group(folder, group);
    base::set_mode(folder, permissions.folder);
  }
  auto store = std::make_unique<Store>(folder, permissions);
  const Json document = {{"format", {{"name", "dbrollback repository"}, {"version", repository_version}}},
                         {"id", base::random_hex(32)},
                         {"created", base::to_iso(base::now())},
                         {"shared_by_group", !group.empty()}};
  const std::string text = base::seal(document);
  write_object(store->objects_, marker, base::bytes_of(text));
  return store;
}

std::unique_ptr<Store> Store::open(const base::fs::path& folder) {
  const auto text = base::stat_file(folder) ? base::read_file(folder / marker, 1U << 16U) : std::nullopt;
  if (!text) {
    base::fail({.code = "no_repository",
                .exit = Exit::usage,
                .message = cat("there is no repository at ", printable(folder.native())),
                .object = folder,
                .state = "nothing was changed",
                .next = cat("make one with `dbrollback init --repository ", printable(folder.native()),
                            "`, or give the right --repository; if its disk is not mounted, mount it first")});
  }
  // The version comes before the seal: a newer format may be sealed otherwise.
  const Json peek = readable_marker(folder, [&] { return base::parse_json(*text, (folder / marker).native()); });
  const Json version = peek.is_object() && peek.contains("format") && peek["format"].is_object()
                           ? peek["format"].value("version", Json())
                           : Json();
  if (version.is_number_unsigned() && version.get<std::uint64_t>() > repository_version) {
    base::fail({.code = "newer_format",
                .exit = Exit::failed,
                .message = cat("the repository at ", printable(folder.native()), " is of format ",
                               version.get<std::uint64_t>(), "; this program knows format ", repository_version),
                .object = folder,
                .state = "nothing was changed",
                .next = "use the dbrollback that made it, or a newer one"});
  }
  const Json document = readable_marker(folder, [&] { return base::unseal(*text, (folder / marker).native()); });
  const bool group = read_members((folder / marker).native(), [&] { return document.value("shared_by_group", false); });
  return std::make_unique<Store>(folder,
                                 group ? storage::Permissions{.folder = 02770, .file = 0660} : storage::Permissions{});
}

Catalog& Store::catalog() {
  if (!catalog_) {
    catalog_ = std::make_unique<Catalog>(*this, folder_ / "catalog.db", permissions_.file);
  }
  return *catalog_;
}

std::vector<std::string> Store::snapshot_folders() {
  std::vector<std::string> ids;
  for (auto& name : objects_.list_folders("snapshots/")) {
    if (snapshot::is_id(name)) {
      ids.push_back(std::move(name));
    }
  }
  return ids;
}

bool Store::is_published(const std::string& id) {
  return objects_.stat(snapshot::object_name(id, std::string(snapshot::manifest_file))).has_value();
}

bool Store::lost_its_manifest(const std::string& id) {
  const std::string manifest = snapshot::object_name(id, std::string(snapshot::manifest_file));
  const std::string sum = snapshot::object_name(id, std::string(snapshot::manifest_sum_file));
  return objects_.stat(sum) && !objects_.stat(manifest) && !objects_.is_unfinished(manifest);
}

SnapshotSummary Store::summary(const std::string& id) {
  SnapshotSummary out = snapshot::read_manifest(objects_, id).summary;
  add_proof_and_pin(out);
  return out;
}

SnapshotSummary Store::listed_summary(const std::string& id) {
  SnapshotSummary out;
  try {
    out = snapshot::read_manifest(objects_, id).summary;
  } catch (const Error& error) {
    out.id = id;
    out.damaged = error.code() != "newer_format";
    out.reason = out.damaged ? "its manifest cannot be read" : "written by a newer dbrollback";
    const std::string_view text = id;
    const auto created =
        base::time_from_iso(cat(text.substr(0, 4), "-", text.substr(4, 2), "-", text.substr(6, 2), "T",
                                text.substr(9, 2), ":", text.substr(11, 2), ":", text.substr(13, 2), "Z"));
    out.created = created.value_or(Time{});
  }
  add_proof_and_pin(out);
  return out;
}

void Store::add_proof_and_pin(SnapshotSummary& summary) {
  try {
    if (const auto proof = read_proof(summary.id)) {
      summary.proof = proof->level;
      summary.proven_at = proof->at;
      summary.damaged = summary.damaged || proof->damaged;
    }
    if (const auto pin = read_pin(summary.id)) {
      summary.pinned = true;
      summary.pin_reason = *pin;
    }
  } catch (const Error&) {
    summary.pinned = true;  // better one too many kept than one too few
    summary.pin_reason = "its pin or its proof cannot be read";
  }
}

std::optional<ProofRecord> Store::read_proof(const std::string& id) {
  const std::string name = snapshot::object_name(id, std::string(snapshot::proof_file));
  const auto text = read_object(objects_, name, largest_sidecar);
  if (!text) {
    return std::nullopt;
  }
  const Json document = base::unseal(*text, objects_.describe(name));
  return read_members(objects_.describe(name), [&] {
    ProofRecord proof;
    proof.level = proof_from_string(document.value("level", "")).value_or(Proof::none);
    proof.at = base::time_from_iso(document.value("at", "")).value_or(Time{});
    proof.damaged = document.value("damaged", false);
    proof.restore_duration = std::chrono::milliseconds(document.value("restore_ms", std::int64_t{0}));
    for (const auto& table : document.value("contents", Json::array())) {
      proof.contents.push_back({.name = table.value("name", ""),
                                .rows = table.value("rows", std::uint64_t{0}),
                                .hash = table.value("hash", "")});
    }
    return std::optional(proof);
  });
}

void Store::write_proof(const std::string& id, const ProofRecord& proof) {
  Json contents = Json::array();
  for (const auto& table : proof.contents) {
    contents.push_back({{"name", table.name}, {"rows", table.rows}, {"hash", table.hash}});
  }
  const std::string text = base::seal({{"level", to_string(proof.level)},
                                       {"at", base::to_iso(proof.at)},
                                       {"damaged", proof.damaged},
                                       {"restore_ms", proof.restore_duration.count()},
                                       {"contents", std::move(contents)}});
  write_object(objects_, snapshot::object_name(id, std::string(snapshot::proof_file)), base::bytes_of(text));
}

std::optional<std::string> Store::read_pin(const std::string& id) {
  const std::string name = snapshot::object_name(id, std::string(snapshot::pin_file));
  const auto text = read_object(objects_, name, largest_sidecar);
  if (!text) {
    return std::nullopt;
  }
  const Json document = base::unseal(*text, objects_.describe(name));
  return read_members(objects_.describe(name), [&] { return std::optional(document.value("reason", std::string())); });
}

void Store::write_pin(const std::string& id, const std::string& reason) {
  const std::string text = base::seal({{"reason", reason}, {"at", base::to_iso(base::now())}});
  write_object(objects_, snapshot::object_name(id, std::string(snapshot::pin_file)), base::bytes_of(text));
  base::reached("pin written");
}

void Store::remove_pin(const std::string& id) {
  objects_.remove(snapshot::object_name(id, std::string(snapshot::pin_file)));
}

std::string Store::lineage_of(const DatabaseConfig& database, const std::string& identity) {
  const std::string name = lineage_file(database.name);
  for (int tries = 0; tries < 2; ++tries) {
    if (const auto text = read_object(objects_, name, largest_sidecar)) {
      const Json bound = base::unseal(*text, objects_.describe(name));
      const auto [source, lineage] = read_members(objects_.describe(name), [&] {
        return std::pair(bound.value("source", std::string()), bound.value("lineage", std::string()));
      });
      const bool gone = source.starts_with('/') && !base::stat_file(source);
      if (database.from_url && source != identity && !gone) {
        refuse_other_database(database.name, source, identity);
      }
      return lineage;
    }
    const std::string text = base::seal({{"name", database.name},
                                         {"lineage", base::random_hex(16)},
                                         {"source", identity},
                                         {"created", base::to_iso(base::now())}});
    (void)objects_.put_if_absent(name, base::bytes_of(text));
    base::reached("lineage written");
  }
  base::fail({.code = "io",
              .exit = Exit::failed,
              .message = cat("could not keep ", objects_.describe(name)),
              .object = name,
              .state = "nothing was changed",
              .next = {}});
}

base::Mac::Key Store::page_key() {
  constexpr const char* name = "page-tags.key";
  auto text = read_object(objects_, name, largest_sidecar);
  if (!text) {
    const std::string fresh =
        base::seal({{"key", base::random_hex(2 * base::Mac::Key().size())}, {"created", base::to_iso(base::now())}});
    (void)objects_.put_if_absent(name, base::bytes_of(fresh));
    base::reached("page key written");
    text = read_object(objects_, name, largest_sidecar);
  }
  const std::string object = objects_.describe(name);
  const Json document = base::unseal(text.value_or(""), object);
  const auto bytes = read_members(object, [&] { return base::bytes_from_hex(document.value("key", "")); });
  base::Mac::Key key{};
  if (!bytes || bytes->size() != key.size()) {
    fail_damaged(object, "it holds no key");
  }
  std::ranges::copy(base::bytes_of(*bytes), key.begin());
  return key;
}

void Store::require_writable() const {
  for (const char* name : {"", "snapshots", "runs"}) {
    const base::fs::path path = *name == '\0' ? folder_ : folder_ / name;
    const int why = base::stat_file(path) ? base::why_no_access(path, W_OK | X_OK) : 0;
    if (why == 0) {
      continue;
    }
    const bool read_only = why == EROFS;
    base::fail(
        {.code = read_only ? "read_only" : "no_permission",
         .exit = Exit::failed,
         .message = cat("the repository ", printable(folder_.native()),
                        read_only ? " is on a disk that is mounted read-only" : " cannot be written by this account"),
         .object = folder_,
         .state = "nothing was changed",
         .next = read_only ? "mount it for writing, or give another --repository"
                           : "run this command as the account that owns the repository, or make one that a group "
                             "shares with `dbrollback init --group NAME`"});
  }
}

base::fs::path Store::lock_path(const std::string& name) {
  if (!base::stat_file(folder_)) {
    base::fail_errno(ENOENT, "lock", folder_);
  }
  base::make_folder(folder_ / "locks", permissions_.folder);
  return folder_ / "locks" / name;
}

base::FileLock Store::share(std::chrono::milliseconds timeout) {
  try {
    return {lock_path("repository.lock"), base::FileLock::Kind::shared, timeout, "a prune of this repository",
            permissions_.file};
  } catch (const Error& error) {
    if (error.code() == "read_only" || error.code() == "no_permission") {
      return {};  // a repository that this account can only read is still there to restore from
    }
    throw;
  }
}

base::FileLock Store::lock_alone(std::chrono::milliseconds timeout) {
  return {lock_path("repository.lock"), base::FileLock::Kind::exclusive, timeout, "another command on this repository",
          permissions_.file};
}

base::FileLock Store::lock_database(const std::string& identity, const std::string& shown) {
  const std::string name = to_hex(base::xxh3_128(base::bytes_of(identity)));
  return {lock_path(cat("database-", name, ".lock")), base::FileLock::Kind::exclusive, std::chrono::milliseconds(0),
          cat("another snapshot, restore or migration of ", printable(shown)), permissions_.file};
}

base::FileLock Store::lock_release(const std::string& identity, const std::string& shown) {
  const std::string name = to_hex(base::xxh3_128(base::bytes_of(identity)));
  base::FileLock lock(lock_path(cat("release-", name, ".lock")), base::FileLock::Kind::exclusive,
                      std::chrono::milliseconds(0), cat("another deploy or rollback of ", printable(shown)),
                      permissions_.file);
  (void)lock_command(identity, shown);
  return lock;
}

base::FileLock Store::lock_command(const std::string& identity, const std::string& shown) {
  const std::string name = to_hex(base::xxh3_128(base::bytes_of(identity)));
  return {lock_path(cat("command-", name, ".lock")), base::FileLock::Kind::exclusive, std::chrono::milliseconds(0),
          cat("the command that an earlier run migrates ", printable(shown), " with"), permissions_.file};
}

base::FileLock Store::lock_known_good(std::chrono::milliseconds timeout) {
  return {lock_path("known-good.lock"), base::FileLock::Kind::exclusive, timeout,
          "another command that marks versions as good", permissions_.file};
}

std::set<std::string> Store::holders() {
  std::set<std::string> out;
  for (const auto& snapshot : catalog().all()) {
    out.insert(snapshot.holders.begin(), snapshot.holders.end());
  }
  return out;
}

std::vector<std::string> Store::sweep() {
  std::vector<std::string> removed;
  base::FileLock alone;
  if (!base::FileLock::try_exclusive(lock_path("repository.lock"), permissions_.file, alone)) {
    return removed;
  }
  for (const char* kept :
       {"", "runs/", "databases/", "journals/", "releases/", "kept/", "migrations/", "rehearsals/"}) {
    objects_.remove_unfinished(kept);
  }
  std::optional<std::set<std::string>> needed;
  for (const auto& id : snapshot_folders()) {
    if (is_published(id)) {
      objects_.remove_unfinished(cat("snapshots/", id, "/"));  // a proof or a pin
    } else if (!lost_its_manifest(id)) {
      needed = needed ? needed : holders();
      if (!needed->contains(id)) {  // somebody took its manifest away: its segments are others' pages
        remove_snapshot(id);
        removed.push_back(id);
      }
    }
  }
  return removed;
}

void Store::remove_snapshot(const std::string& id) {
  // Without its manifest it is no snapshot, and what is left of that marks it as unfinished until its sum is gone too.
  objects_.withdraw(snapshot::object_name(id, std::string(snapshot::manifest_file)));
  base::reached("manifest removed");
  objects_.remove(snapshot::object_name(id, std::string(snapshot::manifest_sum_file)));
  base::reached("sum removed");
  objects_.remove_all(cat("snapshots/", id, "/"));
  base::reached("snapshot removed");
}

}  // namespace dbrollback::repository
