// A working directory and an environment of its own for each test of the configuration.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "dbrollback/config.hpp"
#include "dbrollback/error.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::config_test {

namespace fs = std::filesystem;
using test::error_of;

class ConfigTest : public test::InFolder {
 protected:
  void SetUp() override {
    previous_ = fs::current_path();
    fs::current_path(folder());
    for (const char* name : {"REPOSITORY", "TIMEZONE", "KEEP_LAST", "KEEP_DAILY", "KEEP_WEEKLY", "KEEP_MONTHLY",
                             "LEVEL", "THREADS", "LOCK_TIMEOUT", "MAX_WRITER_PAUSE", "JOBS", "YIELD_AFTER", "MAX_RATE",
                             "PG_BIN", "ADMIN_URL", "SCRATCH_URL", "SCRATCH_USER"}) {
      set(std::string("DBROLLBACK_") + name, std::nullopt);
    }
  }

  void TearDown() override { fs::current_path(previous_); }

  [[nodiscard]] fs::path file() const { return at("dbrollback.toml"); }

  void set(const std::string& name, const std::optional<std::string>& value) { environment_.set(name, value); }

  static void write(const fs::path& path, const std::string& text) {
    fs::create_directories(fs::absolute(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }

  [[nodiscard]] Config load(const std::string& text) const {
    write(file(), text);
    return load_config(file());
  }

  // The message about the first mistake in a file of this text, with FILE for the file's path.
  [[nodiscard]] std::string mistake_in(const std::string& text) const {
    const ErrorInfo info = error_of([&] { (void)load(text); });
    EXPECT_EQ(info.code, "config");
    EXPECT_EQ(info.exit, Exit::usage);
    const std::string name = file().native();
    return info.message.starts_with(name) ? "FILE" + info.message.substr(name.size()) : info.message;
  }

  // The message about a variable's bad value.
  [[nodiscard]] std::string mistake_of(const std::string& name, const std::string& value) {
    set(name, value);
    const ErrorInfo info = error_of([&] { (void)load("[database.a]\nurl = '/a'\n"); });
    EXPECT_EQ(info.code, "config");
    EXPECT_EQ(info.exit, Exit::usage);
    set(name, std::nullopt);
    return info.message;
  }

 private:
  fs::path previous_;
  test::Environment environment_;
};

}  // namespace dbrollback::config_test
