// Files that cannot be read, or not as TOML.
#include "tests/config/support.hpp"

namespace dbrollback::config_test {
namespace {

class ConfigSyntax : public ConfigTest {};

TEST_F(ConfigSyntax, SyntaxIsExplainedWhereItBreaks) {
  EXPECT_EQ(mistake_in("timezone = \"UTC\"\nkeep = { last = x }\n"),
            "FILE:2:17: this is not TOML: parsing value: could not determine value type; a text needs quotes, \" or '");
  EXPECT_EQ(mistake_in("[database.app]\nurl = \"/a\"\nurl = \"/b\"\n"),
            "FILE:3:7: this is not TOML: parsing key-value pair: cannot redefine existing string 'url'");
  EXPECT_EQ(mistake_in("[database.app\n"),
            "FILE:1:14: this is not TOML: parsing table header: expected ']', saw '\\n'");
}

// How the library words it differs from release to release.
TEST_F(ConfigSyntax, AHeaderThatIsNoNameIsASyntaxErrorToo) {
  EXPECT_TRUE(mistake_in("[/srv]\n").starts_with("FILE:1:2: this is not TOML: "));
  EXPECT_TRUE(mistake_in("[[[database]]]\n").starts_with("FILE:1:3: this is not TOML: "));
  EXPECT_TRUE(mistake_in("[\xC3\xBC]\n").starts_with("FILE:1:2: this is not TOML: "));
}

// The library would run out of stack.
TEST_F(ConfigSyntax, KeysWithoutEndAreRefused) {
  std::string key = "a";
  for (int i = 0; i < 200'000; ++i) {
    key += ".a";
  }
  EXPECT_EQ(mistake_in("# deep\n" + key + " = 1\n"), "FILE:2:1: this line has more than 1000 dots; break it");
  EXPECT_EQ(mistake_in("[" + key + "]\n"), "FILE:1:1: this line has more than 1000 dots; break it");
}

TEST_F(ConfigSyntax, LettersBeyondAsciiOutsideOfQuotesAreExplained) {
  EXPECT_EQ(mistake_in("gr\xC3\xB6\xC3\x9F"
                       "e = 1\n"),
            "FILE:1:3: this is not TOML: parsing key-value pair: expected '=', saw '\xC3\xB6'");
  EXPECT_EQ(mistake_in("# \xC3\xBC\ntimezone = \xE2\x80\x9EUTC\xE2\x80\x9C\n"),
            "FILE:2:12: this is not TOML: parsing value: could not determine value type; a text needs quotes, \" or '");
  EXPECT_EQ(mistake_in("timezone = '\xC3\xBC' \xC3\xBC\n"),
            "FILE:1:16: this is not TOML: parsing key-value pair: expected a comment or whitespace, saw '\xC3\xBC'");
  EXPECT_EQ(mistake_in("timezone = \xC3\xBC\n"),
            "FILE:1:12: this is not TOML: parsing value: could not determine value type; a text needs quotes, \" or '");
}

TEST_F(ConfigSyntax, SyntaxErrorsNeverRepeatASecret) {
  for (const char* line :
       {"url = postgresql://u:hunter2@h/d", "url = \"postgresql://u:hunter2@h/d", "url = 'hunter2' x",
        "url = 'hunter2'\nurl = 'hunter2'", "url = 'hunter2\nlevel = 1", "url = hunter2"}) {
    const std::string message = mistake_in(std::string("[database.app]\n") + line + "\n");
    EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
  }
}

TEST_F(ConfigSyntax, AFileThatIsNotUtf8IsNamedWithTheFirstBadByte) {
  EXPECT_EQ(mistake_in("timezone = \"UTC\"\n# \xC3\xA9t\xE9\n"),
            "FILE:2:5: this is not UTF-8; save the file in that encoding");
  EXPECT_EQ(mistake_in("\xFF\xFE"), "FILE:1:1: this is not UTF-8; save the file in that encoding");
  EXPECT_EQ(mistake_in("# \xED\xA0\x80"), "FILE:1:3: this is not UTF-8; save the file in that encoding");
  EXPECT_EQ(mistake_in("# \xC0\x80"), "FILE:1:3: this is not UTF-8; save the file in that encoding");
  EXPECT_EQ(mistake_in("# \xF4\x90\x80\x80"), "FILE:1:3: this is not UTF-8; save the file in that encoding");
  EXPECT_EQ(mistake_in("# \xE2\x82"), "FILE:1:3: this is not UTF-8; save the file in that encoding");
}

TEST_F(ConfigSyntax, AFileThatCannotBeReadIsNamed) {
  const auto message = [&](const fs::path& path) { return error_of([&] { (void)load_config(path); }).message; };
  EXPECT_EQ(message("missing.toml"), "missing.toml:1:1: there is no such file; `dbrollback init` writes one");
  fs::create_directory("folder");
  EXPECT_EQ(message("folder"), "folder:1:1: this is a folder; give the file in it");
  EXPECT_EQ(message("/dev/null"), "/dev/null:1:1: this is not a regular file");
  write("big.toml", std::string(2'000'000, '#'));
  EXPECT_EQ(message("big.toml"), "big.toml:1:1: big.toml is 2.0 MB, more than the 1.0 MB that such a file may have");
  if (::geteuid() != 0) {
    write("secret.toml", "");
    fs::permissions("secret.toml", fs::perms::none);
    EXPECT_EQ(message("secret.toml"), "secret.toml:1:1: could not open secret.toml: Permission denied");
  }
}

}  // namespace
}  // namespace dbrollback::config_test
