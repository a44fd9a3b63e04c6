#include "engine/snapshot/verify_stored.hpp"

#include <algorithm>
#include <set>

#include "dbrollback/error.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/parallel.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/hashed_file.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/page_tags.hpp"
#include "engine/snapshot/reader.hpp"
#include "engine/snapshot/stored_rows.hpp"

namespace dbrollback::snapshot {

using base::cat;

namespace {

// More threads than this wait for the disk or for memory.
constexpr unsigned most_readers = 4;

class StoredVerifier {
 public:
  StoredVerifier(storage::ObjectStore& store, const std::string& id, const std::function<void(std::uint64_t)>& read)
      : store_(&store), id_(&id), read_(read) {}

  StoredCheck run() {
    SnapshotDetails manifest;
    StoredCheck result;
    if (!guarded(result, std::string(manifest_file), [&] { manifest = read_manifest(*store_, *id_); })) {
      return result;
    }
    guarded(result, std::string(page_map_file), [&] { runs_ = read_page_map(*store_, manifest); });
    manifest_ = &manifest;
    const auto parts = parts_of(manifest);
    std::vector<StoredCheck> checks(parts.size());
    base::for_each_in_parallel(parts.size(), most_readers, [&](std::size_t i) { parts[i](checks[i]); });
    read_.add(0);
    for (const StoredCheck& check : checks) {
      result.damage.insert(result.damage.end(), check.damage.begin(), check.damage.end());
      result.beside.insert(result.beside.end(), check.beside.begin(), check.beside.end());
      result.bytes += check.bytes;
      result.frames += check.frames;
    }
    if (result.damage.empty()) {  // every page is where the map says
      guarded(result, *id_, [&] { open(manifest); });
    }
    check_extra_files(result, manifest);
    return result;
  }

 private:
  using Part = std::function<void(StoredCheck&)>;

  // What can be checked at the same time, in the order in which it is reported.
  std::vector<Part> parts_of(const SnapshotDetails& manifest) {
    std::vector<Part> parts;
    for (const auto& file : manifest.files) {
      parts.emplace_back([this, &file](StoredCheck& check) { check_file(check, file); });
    }
    for (const auto& segment : manifest.segments) {
      parts.emplace_back([this, &segment](StoredCheck& check) {
        guarded(check, segment.name, [&] { check_segment(check, segment); });
        check.frames += segment.frames;
      });
    }
    for (std::size_t i = 0; i < manifest.holders.size(); ++i) {
      parts.emplace_back([this, &manifest, i](StoredCheck& check) {
        check_holder(check, manifest.holders[i], i + 1, manifest.page_size);
      });
    }
    return parts;
  }

  // Opening it checks that its frames are what the manifest says.
  void open(const SnapshotDetails& manifest) {
    if (manifest.postgres) {
      const StoredRows rows(*store_, manifest);
    } else {
      const SnapshotReader reader(*store_, manifest);
    }
  }

  static void add(StoredCheck& check, std::string object, std::string problem) {
    check.damage.push_back({.object = std::move(object), .problem = std::move(problem)});
  }

  // Damage on the way is a finding about `object`; everything else ends the verification.
  template <class Action>
  static bool guarded(StoredCheck& check, const std::string& object, Action action) {
    try {
      action();
      return true;
    } catch (const Error& error) {
      if (error.exit() != Exit::damaged) {
        throw;
      }
      // Where the error says which page or file it is, that is said first.
      const std::string& named = error.info().object;
      add(check,
          named.starts_with("page ")           ? named
          : named.ends_with(manifest_sum_file) ? std::string(manifest_sum_file)
                                               : object,
          base::problem_of(error));
      return false;
    }
  }

  // Null when there is no such file.
  std::optional<std::string> hash_of(const std::string& name) {
    const auto file = store_->open(object_name(*id_, name));
    if (!file) {
      return std::nullopt;
    }
    base::Hasher hasher;
    base::Bytes buffer(64U << 10U);  // hashed before a core's cache loses it
    std::uint64_t offset = 0;
    while (const std::size_t got = file->read_at(offset, buffer)) {
      hasher.update(base::ByteView(buffer).first(got));
      offset += got;
      read_.add(got);
    }
    return to_hex(hasher.digest());
  }

  // Reads twice before it says no: a disk or a network may have had one bad moment.
  bool has_hash(const std::string& name, const std::string& hash) {
    return hash_of(name) == hash || hash_of(name) == hash;
  }

  void check_file(StoredCheck& check, const FileFacts& facts) {
    check.bytes += facts.bytes;
    if (facts.name == page_map_file) {  // was checked as it was read
      return;
    }
    auto& findings = facts.name == page_tags_file ? check.beside : check.damage;
    const auto stat = store_->stat(object_name(*id_, facts.name));
    if (!stat) {
      findings.push_back({.object = facts.name, .problem = "is missing"});
    } else if (stat->size != facts.bytes || !has_hash(facts.name, facts.hash)) {
      findings.push_back(
          {.object = facts.name,
           .problem = cat("is damaged: ", stat->size, " bytes, which do not fit the hash in the manifest")});
    }
  }

  void check_segment(StoredCheck& check, const SegmentFacts& facts) {
    const auto segment = store_->open(object_name(*id_, facts.name));
    if (!segment) {
      add(check, facts.name, "is missing");
      return;
    }
    const auto entries = read_index(*segment, facts, snapshot_key(*id_), facts.name);
    check.bytes += segment->size();
    if (!has_hash(facts.name, facts.hash)) {
      name_damage(check, *segment, facts, entries);
    }
  }

  // The segment does not fit its hash: which frames are it? A feature that is not known is damage here.
  void name_damage(StoredCheck& check, const storage::ObjectReader& segment, const SegmentFacts& facts,
                   const std::vector<IndexEntry>& entries) const {
    bool named = false;
    base::Bytes bytes;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (load_frame(segment, entries[i], snapshot_key(*id_), i, bytes) != nullptr) {
        const std::string what = manifest_->postgres ? describe_rows(*manifest_, entries[i].facts)
                                                     : describe_pages(runs_, 0, entries[i].facts);
        add(check, cat(what, " in ", facts.name), "are damaged");
        named = true;
      }
    }
    if (!named) {
      add(check, facts.name, "does not fit the hash in the manifest");
    }
  }

  // Of another snapshot's segments, the frames with pages of this one.
  void check_holder(StoredCheck& check, const HolderFacts& facts, std::size_t number, std::uint32_t page_size) {
    guarded(check, cat("holder ", facts.id), [&] {
      const StoredFrames frames(*store_, facts.id, facts.segments, page_size);
      StoredFrames::Scratch scratch;
      for (const std::size_t i : wanted_of(frames, number)) {
        const auto& frame = frames.frames()[i];
        if (frames.check(frame, scratch) != nullptr) {
          add(check,
              cat(describe_pages(runs_, number, frame.entry.facts), " in ", frames.segment_name(frame), " of ",
                  facts.id),
              "are damaged");
        }
        ++check.frames;
        check.bytes += header_bytes + frame.entry.facts.stored_bytes;
        read_.add(header_bytes + frame.entry.facts.stored_bytes);
      }
    });
  }

  std::set<std::size_t> wanted_of(const StoredFrames& frames, std::size_t number) const {
    std::set<std::size_t> wanted;
    for (const auto& run : runs_) {
      const std::uint64_t end = std::min(run.stored + run.pages, frames.pages());
      if (run.holder != number || run.stored >= end) {
        continue;
      }
      for (std::size_t i = frames.frame_of(run.stored); i <= frames.frame_of(end - 1); ++i) {
        wanted.insert(i);
      }
    }
    return wanted;
  }

  void check_extra_files(StoredCheck& check, const SnapshotDetails& manifest) const {
    std::set<std::string> known;
    for (const auto file : {manifest_file, manifest_sum_file, proof_file, pin_file}) {
      known.insert(object_name(*id_, std::string(file)));
    }
    for (const auto& segment : manifest.segments) {
      known.insert(object_name(*id_, segment.name));
    }
    for (const auto& file : manifest.files) {
      known.insert(object_name(*id_, file.name));
    }
    for (const auto& object : store_->list(object_name(*id_, ""))) {
      if (!known.contains(object.name)) {
        check.beside.push_back({.object = base::printable(object.name), .problem = "is not a file of this snapshot"});
      }
    }
  }

  storage::ObjectStore* store_;
  const std::string* id_;
  base::SharedProgress read_;
  const SnapshotDetails* manifest_ = nullptr;
  std::vector<PageRun> runs_;
};

}  // namespace

StoredCheck verify_stored(storage::ObjectStore& store, const std::string& id,
                          const std::function<void(std::uint64_t)>& read) {
  return StoredVerifier(store, id, read).run();
}

}  // namespace dbrollback::snapshot
