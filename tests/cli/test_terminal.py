"""A person at a terminal: questions, widths, colours, the progress bar."""
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from cli.terminal import Terminal, columns_of  # noqa: E402
from support import dbr  # noqa: E402

COLOUR = re.compile(r"\x1b\[[0-9;]+m")


class OnATerminal(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()

    def terminal(self, *words, columns=80, environment=None, **streams):
        variables = dict(self.environment, DBROLLBACK_REPOSITORY=self.repo, **(environment or {}))
        variables.pop("NO_COLOR", None)
        variables.update(environment or {})
        terminal = Terminal(self.command(*words), variables, self.at, columns, **streams)
        self.addCleanup(terminal.close)
        return terminal

    def shown(self, *words, status=0, **keywords):
        terminal = self.terminal(*words, **keywords)
        self.assertEqual(terminal.end(), status, terminal.text)
        return terminal


class Questions(OnATerminal):
    def setUp(self):
        super().setUp()
        self.database = self.make("app.db")
        self.taken = self.snapshot(self.database, "--app-version", "v1")
        with sqlite3.connect(self.database) as connection:
            connection.execute("DELETE FROM t")
        connection.close()

    def count(self):
        return dbr.rows(self.database, "SELECT count(*) FROM t")[0][0]

    def test_a_restore_wants_the_name_of_the_database(self):
        terminal = self.terminal("restore", self.taken, "--database", self.database)
        terminal.read_until("Type the name of the database, app, to restore it: ")
        self.assertRegex(terminal.plain, r"\nt +0 +2 +\+2\n")
        terminal.type("app\n")
        self.assertEqual(terminal.end(), 0, terminal.text)
        self.assertIn("every page compared with the snapshot: the same", terminal.plain)
        self.assertEqual(self.count(), 2)

    def test_anything_else_changes_nothing(self):
        for answer in ("yes\n", "\n", "App\n", "\x04"):
            with self.subTest(answer), self.unchanged():
                terminal = self.terminal("restore", self.taken, "--database", self.database)
                terminal.read_until("to restore it: ")
                terminal.type(answer)
                self.assertEqual(terminal.end(), 4)
                self.assertRegex(self.normal(terminal.plain), r"dbrollback: restoring into AT/app.db was not confirmed\n"
                                                              r"  state: nothing was changed\n$")
        self.assertEqual(self.count(), 0)

    def test_ctrl_c_at_the_question_changes_nothing(self):
        with self.unchanged():
            terminal = self.terminal("restore", self.taken, "--database", self.database)
            terminal.read_until("to restore it: ")
            terminal.type("\x03")
            self.assertEqual(terminal.end(), 1)
        self.assertRegex(terminal.plain, r"dbrollback: interrupted\n  state: nothing was changed\n$")

    def test_a_bare_restore_lists_the_snapshots_and_asks(self):
        second = self.snapshot(self.database, "--app-version", "v2")
        terminal = self.terminal("restore", "--database", self.database)
        terminal.read_until("Which one? (1 is the newest; Enter for none) ")
        self.assertRegex(terminal.plain, rf" 1  {second} .*v2 .*not yet proven\n 2  {self.taken} .*v1 .*not yet proven\n")
        terminal.type("3\n")
        terminal.read_until("Type a number from 1 to 2, or press Enter to choose none.")
        terminal.type("2\n")
        terminal.read_until("to restore it: ")
        terminal.type("app\n")
        self.assertEqual(terminal.end(), 0, terminal.text)
        self.assertEqual(self.count(), 2)

    def test_choosing_none_is_a_refusal(self):
        with self.unchanged():
            terminal = self.terminal("restore", "--database", self.database)
            terminal.read_until("Which one?")
            terminal.type("\n")
            self.assertEqual(terminal.end(), 4)
        self.assertRegex(terminal.plain, r"dbrollback: nothing was chosen\n  state: nothing was changed\n$")

    def test_a_prune_wants_a_yes(self):
        self.snapshot(self.database)
        words = ["prune", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0"]
        terminal = self.terminal(*words)
        terminal.read_until("Type yes to remove 1 snapshot, ")
        terminal.type("no\n")
        self.assertEqual(terminal.end(), 4)
        self.assertEqual(len(self.held_ids()), 2)
        terminal = self.terminal(*words)
        terminal.read_until("Type yes to remove 1 snapshot, ")
        terminal.type("yes\n")
        self.assertEqual(terminal.end(), 0, terminal.text)
        self.assertEqual(len(self.held_ids()), 1)

    def test_a_snapshot_that_comes_through_a_pipe_is_asked_about_on_the_terminal(self):
        with open(self.path("app.tar"), "wb") as file:
            self.ok("snapshot", "--database", self.database, "--output", "-", stdout=file)
        with open(self.path("app.tar"), "rb") as file:
            terminal = self.terminal("restore", "--input", "-", "--database", self.database, stdin=file)
        terminal.read_until("to restore it: ")
        terminal.type("app\n")
        self.assertEqual(terminal.end(), 0, terminal.text)

    def test_init_asks_for_what_it_was_not_told(self):
        os.mkdir(self.path("fresh"))
        terminal = self.terminal("init", "--config", "fresh/dbrollback.toml")
        terminal.read_until("Folder for the snapshots [")
        terminal.type(self.path("fresh", "repo") + "\n")
        terminal.read_until("SQLite file of the application, such as /srv/app/app.db [none yet]: ")
        terminal.type(self.database + "\n")
        self.assertEqual(terminal.end(), 0, terminal.text)
        self.assertTrue(os.path.exists(self.path("fresh", "repo", "dbrollback.repository")))
        self.ok("snapshot", "--config", "fresh/dbrollback.toml", "--repository", self.path("fresh", "repo"))


class Looks(OnATerminal):
    def setUp(self):
        super().setUp()
        self.database = self.make("a database with a rather long name.db",
                                  "CREATE TABLE customers(id INTEGER PRIMARY KEY, name, e_mail, street, city, country, phone)",
                                  "INSERT INTO customers(name) VALUES ('a'), ('b')",
                                  "CREATE TABLE \"名前の長いテーブル 😀 with an end that goes on and on and on\"(a, b, c)")
        self.ids = [self.snapshot(self.database, "--app-version", "v1.2.3-release-candidate-4"),
                    self.snapshot(self.make("other.db"), "--pin", "kept for the audit of the year, please ask first")]
        self.ok("verify", self.ids[0], "--level", "restored")

    def test_nothing_is_wider_than_the_terminal_and_ids_are_whole(self):
        for columns in (60, 80, 200):
            for words in (["list"], ["show", self.ids[0]], ["diff", self.ids[0], "live", "--database", self.database],
                          ["prune", "--dry-run"], *([["--help"], ["restore", "--help"]] if columns >= 80 else [])):
                with self.subTest(words=words[0], columns=columns):
                    terminal = self.shown(*words, columns=columns)
                    wide = [line for line in terminal.plain.split("\n") if columns_of(line) > columns]
                    # A fact of one line, such as a path, is shown whole: half a path is of no use.
                    allowed = [line for line in wide if re.match(r"  (was at|version|pages|database) ", line)
                               or line.startswith(("  dbrollback ", "no difference between"))]
                    self.assertEqual(wide, allowed)
                    if words[0] in ("list", "prune"):
                        for each in self.ids:
                            self.assertIn(each, terminal.plain)

    def test_a_wide_terminal_shows_all_columns(self):
        header = self.shown("list", columns=240).plain.split("\n")[0].split()
        self.assertEqual(header, ["id", "age", "taken", "database", "version", "size", "stored", "rows", "proof", "pinned"])

    def test_without_a_terminal_nothing_is_cut(self):
        text = self.ok("list").out
        self.assertIn("kept for the audit of the year, please ask first", text)
        self.assertNotIn("…", text)
        self.assertNotRegex(text, COLOUR)

    def test_colours_can_be_switched_off(self):
        self.assertRegex(self.shown("list").text, COLOUR)
        self.assertNotRegex(self.shown("list", "--no-color").text, COLOUR)
        self.assertNotRegex(self.shown("--no-color", "list").text, COLOUR)
        self.assertNotRegex(self.shown("list", environment={"NO_COLOR": "1"}).text, COLOUR)
        self.assertRegex(self.shown("list", environment={"NO_COLOR": ""}).text, COLOUR)
        self.assertNotRegex(self.shown("list", environment={"TERM": "dumb"}).text, "\x1b")
        self.assertRegex(self.shown("nonsense", status=2).text, COLOUR)
        self.assertNotRegex(self.shown("nonsense", "--no-color", status=2).text, COLOUR)

    def test_with_and_without_colour_the_text_is_the_same(self):
        for words in (["list"], ["show", self.ids[0]], ["doctor", "--database", self.database]):
            coloured, plain = self.shown(*words), self.shown(*words, "--no-color")
            changing = r"\d+ m?s|\d+ .?B free"  # between the two, time passes and others write to the disk
            self.assertEqual(re.sub(changing, "", coloured.plain), re.sub(changing, "", plain.plain))

    def test_a_name_cannot_paint_the_terminal(self):
        evil = self.make("evil.db", 'CREATE TABLE "\x1b[2J\x07evil"(a)', 'INSERT INTO "\x1b[2J\x07evil" VALUES (1)')
        taken = self.snapshot(evil)
        self.assertNotRegex(COLOUR.sub("", self.shown("show", taken).text), "[\x1b\x07]")
        with sqlite3.connect(evil) as connection:
            connection.execute('DELETE FROM "\x1b[2J\x07evil"')
        connection.close()
        self.assertNotRegex(COLOUR.sub("", self.shown("diff", taken, "--database", evil, status=3).text), "[\x1b\x07]")


class Progress(OnATerminal):
    def test_a_snapshot_is_not_written_to_a_terminal(self):
        terminal = self.shown("snapshot", "--database", self.make("app.db"), "--output", "-", "--no-color", status=2)
        self.assertEqual(terminal.plain, "dbrollback: standard output is a terminal, and a snapshot is not text\n"
                                         "  state: nothing was changed\n"
                                         "  next:  dbrollback snapshot --output - > FILE.tar\n")

    def test_a_snapshot_is_not_read_from_a_terminal(self):
        terminal = self.shown("verify", "--input", "-", "--no-color", status=2)
        self.assertEqual(terminal.plain, "dbrollback: standard input is a terminal, not a snapshot\n"
                                         "  state: nothing was changed\n"
                                         "  next:  dbrollback verify --input - < FILE.tar\n")

    def test_a_bar_appears_for_what_takes_long_and_is_gone_afterwards(self):
        big = self.big("big.db", 150_000)
        terminal = self.shown("snapshot", "--database", big, "--level", "9", "--threads", "1")
        bars = re.findall(r"\rreading pages[^\r]*", terminal.text)
        self.assertTrue(bars, terminal.text[:2000])
        for bar in bars:
            self.assertLessEqual(columns_of(re.sub(r"\x1b\[[0-9;]*[mK]|\r", "", bar)), 77)
        self.assertNotIn("reading pages", terminal.plain)
        self.assertIn("snapshot ", terminal.plain)

    def test_quiet_shows_none(self):
        big = self.big("big.db", 150_000)
        terminal = self.shown("snapshot", "--database", big, "--level", "9", "--threads", "1", "--quiet")
        self.assertNotIn("reading pages", terminal.text)


dbr.main()
