// Writes releases into a repository, for the tests of what is said of them: write_releases REPOSITORY DATABASE
// VERSION=STATE…, the oldest first, a minute apart. A STATE with a '+' behind it is of one that began to change
// something.
#include <iostream>
#include <string>
#include <string_view>

#include "dbrollback/release.hpp"
#include "engine/release/releases.hpp"

namespace dbrollback {
namespace {

constexpr int with_files = 8;
constexpr const char* hash = "99aa06d3014798d86001c324468d497f";

Release::State state_named(std::string_view name) {
  for (int state = 0; state <= static_cast<int>(Release::State::abandoned); ++state) {
    if (name == to_string(static_cast<Release::State>(state))) {
      return static_cast<Release::State>(state);
    }
  }
  throw std::invalid_argument("no state");
}

Release release_of(std::string_view word, const std::string& database, int number, int all) {
  const std::size_t equals = word.find('=');
  const bool began = word.ends_with('+');
  Release release = release::begin_release(std::string(word.substr(0, equals)), database);
  release.started -= std::chrono::minutes(all - number);
  release.changed = release.started + std::chrono::seconds(10);
  release.state = state_named(word.substr(equals + 1, word.size() - equals - (began ? 2 : 1)));
  release.began = began;
  release.problem = release.state == Release::State::failed ? "web was not healthy" : "";
  release.run = "20261120T233015Z-deploy-7f3a";
  release.database.snapshot = "20261120T233015Z-before-" + std::to_string(1000 + number % 9000);
  release.database.proof = Proof::content;
  release.database.format = "dbmate";
  release.database.version_before = std::to_string(20260100 + number);
  release.database.version_after = std::to_string(20260101 + number);
  release.database.fingerprint_before = hash;
  release.database.fingerprint_after = hash;
  release.database.migrations = {{.version = release.database.version_after,
                                  .name = release.database.version_after + "_add_orders",
                                  .has_down = true,
                                  .scripts = hash}};
  release.database.scripts = hash;
  for (int file = 0; file < with_files; ++file) {
    release.files.push_back({.path = "/srv/app/config/" + std::to_string(file) + ".env", .hash = hash, .mode = 0600});
  }
  release.snapshot_took = std::chrono::milliseconds(1200);
  return release;
}

int write_releases(int count, char** words) {
  const auto store = repository::Store::open(words[1]);
  for (int word = 3; word < count; ++word) {
    const Release release = release_of(words[word], words[2], word, count);
    release::write(*store, release);
    std::cout << release.id << '\n';
  }
  return 0;
}

}  // namespace
}  // namespace dbrollback

int main(int count, char** words) {
  try {
    return count < 3 ? 2 : dbrollback::write_releases(count, words);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
