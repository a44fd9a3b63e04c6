// The SQLite adapter: a file, and what lies beside it.
#pragma once

#include "engine/database/database.hpp"

namespace dbrollback::database::sqlite {

class SqliteDatabase final : public FileDatabase {
 public:
  explicit SqliteDatabase(const std::filesystem::path& file);

  std::unique_ptr<View> open_view(const ViewOptions& options, Observer& observer) override;
  [[nodiscard]] std::string location() const override { return file_.native(); }
  [[nodiscard]] std::optional<std::filesystem::path> file() const override { return file_; }
  Condition condition() override;
  OverwriteResult overwrite(PageSource& source, const OverwriteOptions& options) override;
  void overwrite_tables(PageSource& source, const std::vector<std::string>& tables,
                        const TablesOptions& options) override;

 private:
  std::filesystem::path file_;
};

// The file, its -wal, -shm and -journal.
[[nodiscard]] std::vector<std::filesystem::path> family_of(const std::filesystem::path& file);

}  // namespace dbrollback::database::sqlite
