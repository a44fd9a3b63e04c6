#include "engine/snapshot/verify_stored.hpp"

#include <algorithm>
#include <set>

#include "dbrollback/error.hpp"
#include "engine/base/fail.hpp"
#include "engine/base/text.hpp"
#include "engine/snapshot/manifest.hpp"
#include "engine/snapshot/reader.hpp"
#include "engine/snapshot/segment_writer.hpp"

namespace dbrollback::snapshot {

using base::cat;

namespace {

class StoredVerifier {
 public:
  StoredVerifier(storage::ObjectStore& store, const std::string& id, const std::function<void(std::uint64_t)>& read)
      : store_(&store), id_(&id), read_(&read), key_(snapshot_key(id)) {}

  StoredCheck run() {
    SnapshotDetails manifest;
    try {
      manifest = read_manifest(*store_, *id_);
    } catch (const Error& error) {
      if (error.exit() != Exit::damaged) {
        throw;
      }
      add(std::string(manifest_file), base::problem_of(error));
      return std::move(result_);
    }
    for (const auto& segment : manifest.segments) {
      check_segment(segment);
      result_.frames += segment.frames;
    }
    check_coverage(manifest);
    check_extra_files(manifest);
    return std::move(result_);
  }

 private:
  void add(std::string object, std::string problem) {
    result_.damage.push_back({.object = std::move(object), .problem = std::move(problem)});
  }

  std::string whole_hash(const storage::ObjectReader& segment) {
    base::Hasher hasher;
    base::Bytes buffer(1U << 20U);
    std::uint64_t offset = 0;
    while (const std::size_t got = segment.read_at(offset, buffer)) {
      hasher.update(base::ByteView(buffer).first(got));
      offset += got;
      (*read_)(got);
    }
    return to_hex(hasher.digest());
  }

  void check_segment(const SegmentFacts& facts) {
    const auto segment = store_->open(object_name(*id_, facts.name));
    if (!segment) {
      add(facts.name, "is missing");
      return;
    }
    try {
      const auto entries = read_index(*segment, facts, key_, facts.name);
      frames_.insert(frames_.end(), entries.begin(), entries.end());
      result_.bytes += segment->size();
      if (whole_hash(*segment) != facts.hash && whole_hash(*segment) != facts.hash) {
        name_damage(*segment, facts, entries);
      }
    } catch (const Error& error) {
      if (error.exit() != Exit::damaged) {
        throw;
      }
      add(facts.name, base::problem_of(error));
      whole_ = false;
    }
  }

  // The segment does not fit its hash: which frames are it?
  void name_damage(const storage::ObjectReader& segment, const SegmentFacts& facts,
                   const std::vector<IndexEntry>& entries) {
    bool named = false;
    base::Bytes bytes;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const FrameFacts& frame = entries[i].facts;
      bytes.resize(header_bytes + frame.stored_bytes);
      const bool complete = segment.read_at(entries[i].offset, bytes) == bytes.size();
      const base::ByteView all(bytes);
      const auto header = decode_header(all.first(header_bytes), key_, i);
      if (!complete || !header || *header != frame || base::xxh3_128(all.subspan(header_bytes)) != frame.stored_hash) {
        add(cat("pages ", frame.first + 1, " to ", frame.end, " in ", facts.name), "are damaged");
        named = true;
      }
    }
    if (!named) {
      add(facts.name, "does not fit the hash in the manifest");
    }
  }

  // Every page is in exactly one frame.
  void check_coverage(const SnapshotDetails& manifest) {
    if (!whole_) {
      return;
    }
    std::ranges::sort(frames_, {}, [](const IndexEntry& entry) { return entry.facts.first; });
    std::uint64_t next = 0;
    for (const auto& entry : frames_) {
      if (entry.facts.first != next || entry.facts.end > manifest.page_count ||
          entry.facts.raw_bytes != (entry.facts.end - next) * manifest.page_size) {
        break;
      }
      next = entry.facts.end;
    }
    if (next != manifest.page_count && result_.damage.empty()) {
      add(cat("page ", next + 1), "is missing, or is stored twice");
    }
  }

  void check_extra_files(const SnapshotDetails& manifest) {
    std::set<std::string> known;
    for (const auto file : {manifest_file, manifest_sum_file, proof_file, pin_file}) {
      known.insert(object_name(*id_, std::string(file)));
    }
    for (const auto& segment : manifest.segments) {
      known.insert(object_name(*id_, segment.name));
    }
    for (const auto& object : store_->list(object_name(*id_, ""))) {
      if (!known.contains(object.name)) {
        add(base::printable(object.name), "is not a file of this snapshot");
      }
    }
  }

  storage::ObjectStore* store_;
  const std::string* id_;
  const std::function<void(std::uint64_t)>* read_;
  base::Hash128 key_;
  StoredCheck result_;
  std::vector<IndexEntry> frames_;
  bool whole_ = true;
};

}  // namespace

StoredCheck verify_stored(storage::ObjectStore& store, const std::string& id,
                          const std::function<void(std::uint64_t)>& read) {
  return StoredVerifier(store, id, read).run();
}

}  // namespace dbrollback::snapshot
