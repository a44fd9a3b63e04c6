#include "engine/recovery/undone_files.hpp"

#include "dbrollback/error.hpp"
#include "engine/base/text.hpp"
#include "engine/release/kept_files.hpp"

namespace dbrollback::recovery {

std::vector<std::string> take_out_damaged_files(repository::Store& store, std::vector<ReleaseFile>& files) {
  std::vector<std::string> problems;
  const release::KeptFiles kept(store);
  std::erase_if(files, [&](const ReleaseFile& file) {
    try {
      (void)kept.read(file.hash);
      return false;
    } catch (const Error& error) {
      if (error.exit() != Exit::damaged) {
        throw;
      }
      problems.push_back(
          base::cat(base::printable(file.path), " cannot be put back, and stays as it is: ", error.what()));
      return true;
    }
  });
  return problems;
}

}  // namespace dbrollback::recovery
