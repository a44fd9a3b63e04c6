// The proof, after a way back, that a database is what it was.
#include "engine/recovery/proof.hpp"

#include "engine/recovery/live_state.hpp"
#include "tests/recovery/sqlite_case.hpp"

namespace dbrollback::recovery {
namespace {

using Words = std::vector<std::string>;

class Proofs : public test::SqliteCase {
 protected:
  // The state that has to come back is the one that there is.
  void deploy() {
    first_.version = "v2";
    first_.database.snapshot = snapshot();
    first_.database.fingerprint_before = read_live(store(), database_, quiet_).fingerprint;
  }
  void deploy(const std::string& schema) {
    execute(schema);
    deploy();
  }
  Proven prove(Strategy strategy = Strategy::reverse) {
    return prove_state(store(), database_, first_, strategy, quiet_);
  }
  ErrorInfo fails(Strategy strategy = Strategy::reverse) {
    return test::error_of([&] { (void)prove(strategy); });
  }

  Release first_;
};

bool says(const Proven& proven, const std::string& what) {
  for (const std::string& sentence : proven.sentences) {
    if (sentence.find(what) != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST_F(Proofs, AreGivenByTheFingerprint) {
  deploy("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)");
  execute("ALTER TABLE users ADD COLUMN age; ALTER TABLE users DROP COLUMN age; INSERT INTO users VALUES (1, 'a')");
  const Proven proven = prove();
  EXPECT_EQ(proven.fingerprint, first_.database.fingerprint_before);
  ASSERT_EQ(proven.sentences.size(), 1U);
  EXPECT_TRUE(says(proven, "recorded before v2 (fingerprint " + proven.fingerprint.substr(0, 12)));
}

// A column that a down script adds again is the last one.
TEST_F(Proofs, SayThatColumnsHaveAnotherOrder) {
  deploy("CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(10, 2) DEFAULT 'a, b', name TEXT)");
  execute("ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email VARCHAR(10, 2) DEFAULT 'a, b'");
  const Proven proven = prove();
  EXPECT_NE(proven.fingerprint, first_.database.fingerprint_before);
  EXPECT_EQ(proven.fingerprint, read_live(store(), database_, quiet_).fingerprint);
  EXPECT_EQ(proven.sentences, (Words{"table \"users\" has its columns in another order than before",
                                     "the schema has the objects that it had before, and no other"}));
}

TEST_F(Proofs, SayThatOfATableWithMoreThanColumns) {
  deploy("CREATE TABLE lines (id INTEGER, a INT, b INT, PRIMARY KEY (id, b), CHECK (b > 0)) WITHOUT ROWID");
  execute("ALTER TABLE lines DROP COLUMN a; ALTER TABLE lines ADD COLUMN a INT");
  EXPECT_TRUE(says(prove(), "another order"));
}

// Which do not come back with a column, and mean nothing.
TEST_F(Proofs, ForgiveCommentsThatWentWithAColumn) {
  deploy("CREATE TABLE users (id, -- the user's number (not a name)\n email TEXT, /* as typed, */ name TEXT)");
  execute("ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email TEXT");
  EXPECT_TRUE(says(prove(), "another order"));
}

TEST_F(Proofs, FailForAnotherColumn) {
  deploy("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT)");
  execute("ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email BLOB");
  const ErrorInfo info = fails();
  EXPECT_EQ(info.code, "not_proven");
  EXPECT_EQ(info.exit, Exit::partial);
  EXPECT_EQ(info.object, "app");
  EXPECT_NE(info.message.find("table \"users\": column \"email\" changed from TEXT to BLOB"), std::string::npos)
      << info.message;
  EXPECT_NE(info.next.find("dbrollback diff"), std::string::npos);
}

// The same words, and yet another definition.
TEST_F(Proofs, FailForACheckThatIsTurnedRound) {
  deploy("CREATE TABLE spans (a INT, b INT, CHECK (a < b))");
  execute("DROP TABLE spans; CREATE TABLE spans (a INT, b INT, CHECK (b < a))");
  EXPECT_NE(fails().message.find("table \"spans\": definition changed"), std::string::npos);
}

TEST_F(Proofs, FailForAKeyOfAnotherTable) {
  const std::string users =
      "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE groups (id INTEGER PRIMARY KEY);";
  deploy(users + "CREATE TABLE links (a INT REFERENCES users, b INT REFERENCES groups)");
  execute("DROP TABLE links; CREATE TABLE links (a INT REFERENCES groups, b INT REFERENCES users)");
  EXPECT_NE(fails().message.find("table \"links\": definition changed"), std::string::npos);
}

TEST_F(Proofs, FailForAViewWithItsColumnsInAnotherOrder) {
  deploy("CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a, b FROM t");
  execute("DROP VIEW v; CREATE VIEW v AS SELECT b, a FROM t");
  EXPECT_NE(fails().message.find("view \"v\": definition changed"), std::string::npos);
}

TEST_F(Proofs, NameThreeOfWhatDiffersAndSayHowManyMore) {
  deploy("CREATE TABLE t (a); CREATE INDEX i1 ON t (a); CREATE INDEX i2 ON t (a)");
  execute("DROP INDEX i1; CREATE TABLE x (a); CREATE TABLE y (a); CREATE VIEW z AS SELECT 1; DROP INDEX i2");
  const std::string message = fails().message;
  EXPECT_NE(message.find("table \"x\": added; table \"y\": added; view \"z\": added; and 2 more"), std::string::npos)
      << message;
}

// A re-ordered table does not hide another difference.
TEST_F(Proofs, FailForOneOfTwo) {
  deploy("CREATE TABLE users (id, email, name); CREATE TABLE t (a)");
  execute("ALTER TABLE users DROP COLUMN email; ALTER TABLE users ADD COLUMN email; DROP TABLE t");
  const std::string message = fails().message;
  EXPECT_NE(message.find("table \"t\": removed"), std::string::npos) << message;
  EXPECT_EQ(message.find("users"), std::string::npos) << message;
}

TEST_F(Proofs, DoNotLookAtTheTableOfTheTool) {
  deploy("CREATE TABLE t (a, b)");
  execute("ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a");
  say_applied({"1"});
  EXPECT_EQ(prove().sentences.size(), 2U);
}

TEST_F(Proofs, FailWithoutASnapshotWhereTheFingerprintIsAnother) {
  deploy("CREATE TABLE t (a)");
  first_.database.snapshot.clear();
  EXPECT_EQ(prove().sentences.size(), 1U);
  execute("CREATE TABLE x (a)");
  EXPECT_EQ(fails().message, "the schema is not the one that was recorded before v2");
}

class ProofsByQueries : public Proofs {
 protected:
  ProofsByQueries() {
    database_.checks = {{.name = "few", .sql = "SELECT count(*) < 3 FROM t", .expect = "1"},
                        {.name = "same", .sql = "SELECT count(*) FROM t", .expect = {}}};
  }
};

TEST_F(ProofsByQueries, SayWhatTheyGive) {
  deploy("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  const Proven proven = prove(Strategy::restore);
  EXPECT_TRUE(says(proven, "the integrity query `few` gives 1, as before"));
  EXPECT_TRUE(says(proven, "the integrity query `same` gives 1, as before"));
}

// What was written since is still there after down scripts, and is not after a restore.
TEST_F(ProofsByQueries, ForgiveWhatWasWrittenSinceButForARestore) {
  deploy("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  execute("INSERT INTO t VALUES (2)");
  for (const Strategy strategy : {Strategy::app, Strategy::reverse}) {
    EXPECT_TRUE(says(prove(strategy), "the integrity query `same` gives 2"));
    EXPECT_FALSE(says(prove(strategy), "gives 2, as before"));
  }
  EXPECT_NE(fails(Strategy::restore).message.find("`same` gives 2"), std::string::npos);
}

TEST_F(ProofsByQueries, FailForAValueThatIsWrongNow) {
  deploy("CREATE TABLE t (a)");
  execute("INSERT INTO t VALUES (1), (2), (3)");
  EXPECT_NE(fails(Strategy::reverse).message.find("`few` gives 0"), std::string::npos);
}

// What was wrong before the deploy is not made good by a way back.
TEST_F(ProofsByQueries, ForgiveAValueThatWasAsWrongBefore) {
  deploy("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)");
  EXPECT_TRUE(says(prove(Strategy::restore), "the integrity query `few` gives 0, as before"));
}

}  // namespace
}  // namespace dbrollback::recovery
