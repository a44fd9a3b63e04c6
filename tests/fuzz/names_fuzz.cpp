// Ids, names of objects, times, hashes, and what makes a text fit for a terminal.
#include <filesystem>

#include "engine/base/hash.hpp"
#include "engine/base/time.hpp"
#include "engine/config/utf8.hpp"
#include "engine/snapshot/id.hpp"
#include "engine/snapshot/segment_writer.hpp"
#include "engine/storage/object_store.hpp"
#include "tests/fuzz/support.hpp"
#include "tools/cli/text.hpp"

namespace dbrollback {
namespace {

using fuzz::require;
using fuzz::succeeds;

void check_name(const std::string& text) {
  const bool valid = storage::is_valid_name(text);
  require(succeeds([&] { storage::check_name(text); }) == valid, "both say the same of a name");
  const std::filesystem::path folder = "/repository";
  require(!valid || ((folder / text).lexically_normal() == folder / text &&
                     (folder / text).native().starts_with("/repository/")),
          "a valid name stays in its folder");
}

void check_id(const std::string& text, std::uint64_t nanoseconds) {
  if (snapshot::is_id(text)) {
    require(storage::is_valid_name(snapshot::object_name(text, "manifest.json")), "an id names a folder");
  }
  const Time time{std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds))};
  const std::string id = snapshot::make_id(time, text);
  require(snapshot::is_id(id) && storage::is_valid_name(id), "what is made as an id is one");
  require(base::time_from_iso(base::to_iso(time)) == time, "a time survives being written");
}

void check_values(const std::string& text) {
  if (const auto hash = base::hash_from_hex(text)) {
    require(to_hex(*hash) == text, "a hash has one text");
  }
  if (const auto time = base::time_from_iso(text)) {
    require(base::time_from_iso(base::to_iso(*time)) == time, "a time that was read survives being written");
  }
  if (const auto bytes = base::bytes_from_hex(text)) {
    require(base::hex_of(base::bytes_of(*bytes)) == text, "bytes have one text");
  }
  require(base::bytes_from_hex(base::hex_of(base::bytes_of(text))) == text, "any bytes survive being written");
}

void check_text(const std::string& text) {
  require(base::is_utf8(text) == !config::first_invalid_utf8(text), "both say the same of UTF-8");
  for (const std::string& shown : {base::printable(text), cli::printable(text)}) {
    require(base::is_utf8(shown) && fuzz::fits_a_terminal(shown), "what is shown fits a terminal");
  }
  require(cli::printable(cli::printable(text)) == cli::printable(text), "what is shown can be shown");
  const std::string shown = cli::printable(text);
  for (const std::size_t width : {0U, 1U, 7U}) {
    require(cli::display_width(cli::shorten(shown, width)) <= width, "a shortened text fits");
    require(cli::display_width(cli::pad_left(shown, width)) >= width, "a padded text fills its place");
  }
}

}  // namespace
}  // namespace dbrollback

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dbrollback;
  fuzz::Input input(data, size);
  const auto time = input.number<std::uint64_t>();
  const std::string text = input.rest();
  check_name(text);
  check_id(text, time);
  check_values(text);
  check_text(text);
  return 0;
}
