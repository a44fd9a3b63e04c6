#include "engine/base/document.hpp"

#include <nlohmann/json.hpp>

#include "engine/base/hash.hpp"
#include "tests/support/unit.hpp"

namespace dbrollback::base {
namespace {

Json example() {
  return {{"reason", "audit of November"}, {"at", "2026-11-20T23:30:15.000000000Z"}, {"list", {1, 2, 3}}};
}

TEST(Seal, IsTheHashOfTheTextWithoutIt) {
  const std::string sealed = seal(example());
  const std::string mark = ",\n  \"seal\": \"";
  const std::size_t at = sealed.rfind(mark);
  ASSERT_NE(at, std::string::npos);
  const std::string without = sealed.substr(0, at) + "\n}\n";
  EXPECT_EQ(sealed, sealed.substr(0, at) + mark + to_hex(xxh3_128(bytes_of(without))) + "\"\n}\n");
}

TEST(Seal, GivesBackTheDocument) { EXPECT_EQ(unseal(seal(example()), "pin.json"), example()); }

TEST(Seal, FindsEveryFlippedBit) {
  const std::string sealed = seal(example());
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << static_cast<unsigned>(bit)));
      EXPECT_THROW((void)unseal(changed, "pin.json"), Error) << "byte " << i << ", bit " << bit;
    }
  }
}

TEST(Seal, FindsEveryCut) {
  const std::string sealed = seal(example());
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const ErrorInfo info = test::error_of([&] { (void)unseal(sealed.substr(0, size), "pin.json"); });
    EXPECT_EQ(info.exit, Exit::damaged);
    EXPECT_EQ(info.object, "pin.json");
  }
}

TEST(Seal, FindsWhatWasAddedBehind) {
  EXPECT_THROW((void)unseal(seal(example()) + "\n", "pin.json"), Error);
  EXPECT_THROW((void)unseal(seal(example()) + "{}", "pin.json"), Error);
}

TEST(Seal, IsMissedInADocumentWithoutOne) {
  EXPECT_EQ(test::error_of([] { (void)unseal(to_text(example()), "pin.json"); }).exit, Exit::damaged);
  EXPECT_EQ(test::error_of([] { (void)unseal("[]", "pin.json"); }).exit, Exit::damaged);
  EXPECT_EQ(test::error_of([] { (void)unseal("{\"seal\": 1}", "pin.json"); }).exit, Exit::damaged);
}

TEST(Seal, HoldsForTextThatIsNotUtf8) {
  const Json document = {{"source", "/srv/\xFF.db"}};
  EXPECT_EQ(unseal(seal(document), "a document")["source"], "/srv/\xEF\xBF\xBD.db");
}

TEST(Json, IsReadToALimitedDepth) {
  EXPECT_NO_THROW((void)parse_json(std::string(20, '[') + std::string(20, ']'), "a document"));
  const ErrorInfo info = test::error_of([] { (void)parse_json(std::string(1'000'000, '['), "a document"); });
  EXPECT_EQ(info.exit, Exit::damaged);
}

TEST(Json, IsNamedWhenItIsNone) {
  const ErrorInfo info = test::error_of([] { (void)parse_json("{\"a\": ", "manifest.json"); });
  EXPECT_EQ(info.exit, Exit::damaged);
  EXPECT_EQ(info.object, "manifest.json");
  EXPECT_TRUE(info.message.starts_with("manifest.json ")) << info.message;
}

}  // namespace
}  // namespace dbrollback::base
