// A folder and an environment of its own for each test of the configuration.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "dbrollback/config.hpp"
#include "dbrollback/error.hpp"

namespace dbrollback::config_test {

namespace fs = std::filesystem;

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "dbrollback-config-XXXXXX").native();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = fs::canonical(pattern);
    previous_ = fs::current_path();
    fs::current_path(folder_);
    for (const char* name : {"REPOSITORY", "TIMEZONE", "KEEP_LAST", "KEEP_DAILY", "KEEP_WEEKLY", "KEEP_MONTHLY",
                             "LEVEL", "THREADS", "LOCK_TIMEOUT", "MAX_WRITER_PAUSE"}) {
      set(std::string("DBROLLBACK_") + name, std::nullopt);
    }
  }

  void TearDown() override {
    for (const auto& [name, value] : before_) {
      put(name, value);
    }
    fs::current_path(previous_);
    fs::remove_all(folder_);
  }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] fs::path file() const { return folder_ / "dbrollback.toml"; }

  void set(const std::string& name, const std::optional<std::string>& value) {
    const char* old = ::getenv(name.c_str());
    before_.try_emplace(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    put(name, value);
  }

  static void write(const fs::path& path, const std::string& text) {
    fs::create_directories(fs::absolute(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }

  [[nodiscard]] Config load(const std::string& text) const {
    write(file(), text);
    return load_config(file());
  }

  // The error of `action`; a failure of the test when there is none.
  static ErrorInfo error_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.info();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
  }

  // The message about the first mistake in a file of this text, with FILE for the file's path.
  [[nodiscard]] std::string mistake_in(const std::string& text) const {
    const ErrorInfo info = error_of([&] { (void)load(text); });
    EXPECT_EQ(info.code, "config");
    EXPECT_EQ(info.exit, Exit::usage);
    const std::string name = file().native();
    return info.message.starts_with(name) ? "FILE" + info.message.substr(name.size()) : info.message;
  }

 private:
  static void put(const std::string& name, const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name.c_str());
    }
  }

  fs::path folder_;
  fs::path previous_;
  std::map<std::string, std::optional<std::string>> before_;
};

}  // namespace dbrollback::config_test
