// deployer DATABASE REPOSITORY VERSION: takes a snapshot, proves it by restoring it, and says so; of damage it tells
// the webhooks as well.
#include <dbrollback/error.hpp>
#include <dbrollback/notify.hpp>
#include <dbrollback/repository.hpp>
#include <dbrollback/snapshot.hpp>
#include <dbrollback/verify.hpp>
#include <iostream>

int main(int count, char** words) {
  if (count != 4) {
    std::cerr << "usage: deployer DATABASE REPOSITORY VERSION\n";
    return 2;
  }
  try {
    const auto config = dbrollback::default_config();
    const auto database = dbrollback::select_database(config, words[1]);
    auto repository = dbrollback::Repository::create(words[2]);
    dbrollback::SnapshotOptions options;
    options.app_version = words[3];
    dbrollback::Observer silent;
    const auto taken = dbrollback::take_snapshot(repository, database, options, silent);
    const auto proof =
        dbrollback::verify(repository, taken.summary.id, {.level = dbrollback::Proof::restored, .scratch = {}}, silent);
    std::cout << taken.summary.id << " " << (proof.ok ? to_string(proof.level) : "DAMAGED") << " " << proof.rows
              << " rows\n";
    if (!proof.ok) {
      dbrollback::notify_verify_failed(repository, config,
                                       {.database = database.name,
                                        .began = taken.summary.created,
                                        .problems = {taken.summary.id + " is damaged"},
                                        .next = "look at the disk"},
                                       silent);
    }
    return proof.ok ? 0 : 3;
  } catch (const dbrollback::Error& error) {
    std::cerr << error.what() << "\n";
    return static_cast<int>(error.exit());
  }
}
