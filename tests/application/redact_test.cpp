// What is a secret, and that nothing of it is left.
#include "engine/application/redact.hpp"

#include "tests/support/unit.hpp"

namespace dbrollback::application {
namespace {

using RedactTest = test::InFolder;

TEST_F(RedactTest, ValuesOfConfigurationFiles) {
  Redactor redact;
  redact.learn(
      "# a comment=notasecret\n"
      "export TOKEN='tok-123456'\n"
      "SHORT=abc\n"
      "key: yamlsecret # why\n"
      "{\"one\": \"jsonsecret\", \"two\": \"jsonother\"}\n"
      "DATABASE_URL=\"postgres://me:pg%2Fsecret@db/app\"\r\n");
  EXPECT_EQ(redact("tok-123456 abc yamlsecret jsonsecret jsonother notasecret"), "*** abc *** *** *** notasecret");
  EXPECT_EQ(redact("password pg%2Fsecret or pg/secret"), "password *** or ***");
  EXPECT_EQ(redact("at postgres://me:pg%2Fsecret@db/app"), "at ***");
}

TEST_F(RedactTest, SecretsOfTheConfigurationsUrls) {
  Config config;
  config.databases.resize(2);
  config.databases[0].url = "postgresql://app:hunter2@db/app?sslpassword=deepsecret";
  config.databases[1].url = "host=db password='hunter three' dbname=app";
  config.health.resize(1);
  config.health[0].url = "https://shop.example/health?token=healthtoken";
  config.notify.resize(1);
  config.notify[0].url = "https://hooks.slack.com/services/T0/B0/zzz";
  const Redactor redact(config);
  EXPECT_EQ(redact("hunter2 deepsecret healthtoken hunter three"), "*** *** *** ***");
  EXPECT_EQ(redact("posted to /services/T0/B0/zzz"), "posted to ***");
  EXPECT_EQ(redact("https://shop.example/health"), "https://shop.example/health");
}

TEST_F(RedactTest, OfADatabasesQueryOnlyWhatIsSecret) {
  Config config;
  config.databases.resize(3);
  config.databases[0].url = "postgresql:///app?host=/run/sockets&connect_timeout=seconds&password=querysecret";
  config.databases[1].url = "postgresql+psycopg://app@db/app?host=otherhost&oauth_client_secret=oauthsecret";
  config.databases[2].url = "sqlite:///srv/app.db?cache=shared";
  const Redactor redact(config);
  EXPECT_EQ(redact("/run/sockets/x seconds otherhost shared"), "/run/sockets/x seconds otherhost shared");
  EXPECT_EQ(redact("querysecret oauthsecret"), "*** ***");
  Redactor of_files;
  of_files.learn("A=1 postgres://app@db/app?host=/run/sockets\nB=https://shop.example/?token=webtoken&host=/web\n");
  EXPECT_EQ(of_files("/run/sockets webtoken /web"), "/run/sockets *** ***");
}

TEST_F(RedactTest, TheLongestSecretGoesFirst) {
  Redactor redact;
  redact.learn("A=secret\nB=secretsecret2\n");
  EXPECT_EQ(redact("secretsecret2"), "***");
}

TEST_F(RedactTest, FilesThatCannotBeReadAreLeftOut) {
  test::put_content(at(".env"), "PASSWORD=filesecret\n");
  Config config;
  config.app.config_files = {at(".env"), at("none"), folder()};
  EXPECT_EQ(Redactor(config)("filesecret"), "***");
}

}  // namespace
}  // namespace dbrollback::application
