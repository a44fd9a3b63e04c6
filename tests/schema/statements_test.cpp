#include "schema/statements.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace dbrollback::schema {
namespace {

using Texts = std::vector<std::string>;

Texts texts(Dialect dialect, std::string_view script) {
  Texts out;
  for (const Statement& statement : statements_of(dialect, script)) {
    out.push_back(statement.text);
  }
  return out;
}

Texts postgres(std::string_view script) { return texts(Dialect::postgres, script); }
Texts sqlite(std::string_view script) { return texts(Dialect::sqlite, script); }

std::vector<std::size_t> lines(Dialect dialect, std::string_view script) {
  std::vector<std::size_t> out;
  for (const Statement& statement : statements_of(dialect, script)) {
    out.push_back(statement.line);
  }
  return out;
}

// "line: what", or nothing.
std::string problem(Dialect dialect, std::string_view script) {
  try {
    static_cast<void>(statements_of(dialect, script));
  } catch (const ScriptError& error) {
    return std::to_string(error.line()) + ": " + error.what();
  }
  return "";
}

TEST(Statements, NoneWithoutWords) {
  for (const auto dialect : {Dialect::postgres, Dialect::sqlite}) {
    for (const char* script : {"", " \n\t", ";;\n ;", "-- one; two", "/* ; */;\r\n--\r\n"}) {
      EXPECT_EQ(texts(dialect, script), Texts{}) << script;
    }
  }
}

TEST(Statements, WithoutWhatIsAroundThem) {
  for (const auto dialect : {Dialect::postgres, Dialect::sqlite}) {
    EXPECT_EQ(texts(dialect, "-- a;\n SELECT /* ; */ 1 -- b;\n; /* c */ SELECT 2"),
              (Texts{"SELECT /* ; */ 1", "SELECT 2"}));
    EXPECT_EQ(texts(dialect, "SELECT 1\r\n;\r\nSELECT\r\n2;\r\n"), (Texts{"SELECT 1", "SELECT\r\n2"}));
    EXPECT_EQ(texts(dialect, "SELECT ';', 'it''s;', \"a;\"\"b\"; SELECT ''"),
              (Texts{"SELECT ';', 'it''s;', \"a;\"\"b\"", "SELECT ''"}));
  }
}

TEST(Statements, KnowTheirLines) {
  for (const auto dialect : {Dialect::postgres, Dialect::sqlite}) {
    EXPECT_EQ(lines(dialect, "SELECT 1; SELECT\n2;\n\n-- a\n/*\n*/ SELECT 3;SELECT '\n\n';\r\nSELECT 4"),
              (std::vector<std::size_t>{1, 1, 6, 6, 9}));
  }
}

TEST(Statements, EndWhatTheyOpen) {
  for (const auto dialect : {Dialect::postgres, Dialect::sqlite}) {
    for (const char* open : {"'x", "\"x", "/* x", "/* x *"}) {
      const std::string script = "SELECT 1;\n\nSELECT 2, " + std::string(open);
      EXPECT_EQ(problem(dialect, script).substr(0, 2), "3:") << script;
    }
  }
  EXPECT_EQ(problem(Dialect::postgres, "SELECT 'é';\nSELECT\n$a$ $b$"),
            "3: unterminated dollar-quoted string at or near \"$a$ $b$\"");
  EXPECT_EQ(problem(Dialect::sqlite, "SELECT 1;\nSELECT [x"), "2: a quote has no end");
  EXPECT_EQ(problem(Dialect::sqlite, "SELECT 1 /*"), "1: a comment has no end");
}

TEST(Statements, HaveNoZeroByte) {
  for (const auto dialect : {Dialect::postgres, Dialect::sqlite}) {
    EXPECT_EQ(problem(dialect, std::string_view("SELECT 1;\n\0DROP TABLE t", 23)), "2: a zero byte, which no SQL has");
  }
}

TEST(Statements, OfPostgresStayWhole) {
  for (const std::string statement : {
           "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN; SELECT ';'; END;$$",
           "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $body$ SELECT $$;$$; $body$",
           "CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE a WHEN 1 THEN 2 END; SELECT 2; END",
           "CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO t SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 1 END END; END",
           "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
           "DO $$ BEGIN DELETE FROM t; COMMIT; END $$",
           "SELECT E'\\';', E'\\\\', 'c:\\'",
           "SELECT U&'d\\0061t;', U&\"d\\0061\"\"t;\"",
           "SELECT U&'d;'';t'",
           "SELECT U&'d;'\n  ';t'",
           "SELECT U&\"d!0061t;\" UESCAPE '!'",
           "SELECT B'1', X'1F', N'a;'",
           "SELECT /* a /* ; */ ; */ 1",
           "SELECT 'a'\n  ';'",
           "SELECT $1, a$b, \"a\"\"b;\" FROM \"semi;colon\"",
           "SELECT 1 -- it's\n, 2",
           "SELECT '\\.\n\\i x\n\\.\n;'",
           "SELECT $$\n\\.\n'$$",
       }) {
    EXPECT_EQ(postgres(statement), Texts{statement});
    EXPECT_EQ(postgres("BEGIN;\n" + statement + ";\nEND; SELECT 1;"), (Texts{"BEGIN", statement, "END", "SELECT 1"}));
  }
}

TEST(Statements, OfPostgresWithData) {
  const std::string data = "1\tit's\n2\t$$ /* \" \\n\n\\\\.\n3\tDROP TABLE t;\n4\t\\.\n1abc U&'\\zz é\n";
  const std::string script = "SELECT 1;\nCOPY t (a, b) FROM stdin; -- \"\n" + data +
                             "\\.\n\nSELECT 2;\nCOPY u FROM STDIN WITH (FORMAT csv);\n\\.\nSELECT 3";
  const auto statements = statements_of(Dialect::postgres, script);
  ASSERT_EQ(statements.size(), 5);
  EXPECT_EQ(statements[1].text, "COPY t (a, b) FROM stdin");
  EXPECT_EQ(statements[1].copy_data, data);
  EXPECT_EQ(statements[2].text, "SELECT 2");
  EXPECT_EQ(statements[2].line, 11);
  EXPECT_EQ(statements[2].copy_data, std::nullopt);
  EXPECT_EQ(statements[3].copy_data, "");
  EXPECT_EQ(statements[4].text, "SELECT 3");
  EXPECT_EQ(statements[4].line, 14);
}

TEST(Statements, OfPostgresWithDataOfOtherLineEnds) {
  const auto statements = statements_of(Dialect::postgres, "COPY t FROM STDIN;\r\n1\r\n'2\r\n\\.\r\nSELECT 1;\r\n");
  ASSERT_EQ(statements.size(), 2);
  EXPECT_EQ(statements[0].copy_data, "1\r\n'2\r\n");
  EXPECT_EQ(statements[1].text, "SELECT 1");
  EXPECT_EQ(statements[1].line, 5);
  EXPECT_EQ(statements_of(Dialect::postgres, "COPY t FROM STDIN;\n1\n\\.").front().copy_data, "1\n");
}

TEST(Statements, OfPostgresThatOnlyLookLikeCopy) {
  for (const char* script :
       {"COPY (SELECT * FROM stdin) TO STDOUT", "COPY t FROM 'stdin'", "SELECT * FROM stdin", "COPY stdin TO STDOUT"}) {
    const auto statements = statements_of(Dialect::postgres, std::string(script) + ";\nSELECT 1");
    ASSERT_EQ(statements.size(), 2) << script;
    EXPECT_EQ(statements[0].copy_data, std::nullopt);
  }
}

TEST(Statements, OfPostgresEndTheirData) {
  EXPECT_EQ(problem(Dialect::postgres, "SELECT 1;\nCOPY t FROM STDIN;\n1\n\\. \n"),
            "2: the data of COPY … FROM STDIN has no end, which is a line \"\\.\"");
  EXPECT_EQ(problem(Dialect::postgres, "COPY t FROM STDIN"),
            "1: the data of COPY … FROM STDIN has no end, which is a line \"\\.\"");
  EXPECT_EQ(problem(Dialect::postgres, "\nCOPY t FROM STDIN; SELECT 1;\n\\.\n"),
            "2: more than a comment after COPY … FROM STDIN on the same line");
}

TEST(Statements, OfPostgresAreNoCommandsOfPsql) {
  for (const auto& [script, expected] : std::vector<std::pair<std::string, std::string>>{
           {"\\i it's.sql", "1: \\i"},
           {"SELECT 1;\n\\set x 1\n", "2: \\set"},
           {"SELECT 1;\r\n  \\connect db\r\n", "2: \\connect"},
           {"SELECT 1 \\gexec\n", "1: \\gexec"},
           {"SELECT 1;\n\\.\n", "2: \\."},
           {"\\restrict\n", "1: \\restrict"},
           {"\\restrict a b\n", "1: \\restrict"},
       }) {
    EXPECT_EQ(problem(Dialect::postgres, script), expected + " is a command of psql, not SQL") << script;
  }
  EXPECT_EQ(postgres("\\restrict 1abc\nSELECT 1;\r\n\\unrestrict 0x\r\n"), Texts{"SELECT 1"});
}

// Each of them would take minutes, were all that is left read again for each statement.
TEST(Statements, AsManyAsThereAre) {
  const auto repeated = [](const std::string& part) {
    std::string out;
    while (out.size() < 5'000'000) {
      out += part;
    }
    return out;
  };
  EXPECT_GT(postgres(repeated("INSERT INTO t VALUES (1);\n")).size(), 190'000);
  EXPECT_GT(postgres(repeated("COPY t FROM STDIN;\nit's\n\\.\n")).size(), 160'000);
  EXPECT_GT(sqlite(repeated("INSERT INTO t VALUES (1);\n")).size(), 190'000);
  EXPECT_EQ(postgres("COPY t FROM STDIN;\n" + repeated("it's\n") + "\\.\nSELECT 1").size(), 2);
  EXPECT_EQ(postgres("SELECT $$" + repeated("it's;\n\\.\n") + "$$; SELECT 1").size(), 2);
  EXPECT_EQ(postgres("SELECT '" + repeated("x;\n") + "'; SELECT 1").size(), 2);
}

TEST(Statements, OfSqliteStayWhole) {
  for (const std::string statement : {
           "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN a THEN 1 END; DELETE FROM u; END",
           "CREATE TEMP TRIGGER IF NOT EXISTS r BEFORE DELETE ON t BEGIN SELECT ';'; END",
           "SELECT [a;b], `c;``d`, \"e;\", x'00'",
           "SELECT 'c:\\'",
           "SELECT 1 -- it's ; \n, 2",
           "SELECT /* /* ; */ 1",
       }) {
    EXPECT_EQ(sqlite(statement), Texts{statement});
    EXPECT_EQ(sqlite("BEGIN;\n" + statement + ";\nEND; SELECT 1;"), (Texts{"BEGIN", statement, "END", "SELECT 1"}));
  }
}

}  // namespace
}  // namespace dbrollback::schema
