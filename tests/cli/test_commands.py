"""Options, help, confirmations and what commands suggest to type next."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

COMMANDS = ("init", "doctor", "snapshot", "verify", "list", "show", "diff", "restore", "export", "prune", "pin", "unpin",
            "catalog", "version")


class Help(messages.Case):
    def help(self, *words):
        done = self.ok(*words)
        self.assertEqual(done.err, "")
        return done.out

    def section(self, text, title):
        found = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.M)
        return found.group(1) if found else ""

    def options_of(self, section):
        return dict(re.findall(r"^  (--[a-z-]+)(?: (\S+))?", section, re.M))

    def test_three_ways_to_ask_for_it(self):
        for command in COMMANDS:
            text = self.help("help", command)
            self.assertEqual(self.help(command, "--help"), text)
            self.assertEqual(self.help("--help", command), text)
            self.assertTrue(text.startswith(f"dbrollback {command}: "), text)

    def test_it_ends_in_the_exit_statuses(self):
        for command in COMMANDS:
            with self.subTest(command):
                text = self.help("help", command)
                statuses = self.section(text, "Exit statuses")
                self.assertTrue(text.endswith(statuses))
                numbers = [int(number) for number in re.findall(r"^  (\d)  \S", statuses, re.M)]
                self.assertEqual(numbers, sorted(set(numbers)))
                self.assertIn(0, numbers)

    def test_it_mentions_only_options_that_exist(self):
        all_commands = self.options_of(self.section(self.help("--help"), "Options of all commands, before or after the command"))
        own = {command: self.options_of(self.section(self.help("help", command), "Options")) for command in COMMANDS}
        for command in COMMANDS:
            flat = " ".join(self.help("help", command).split())
            for before, option in re.findall(r"((?:\S+ +){0,8})(--[a-z][a-z-]+)", flat):
                of_others = [each for each in COMMANDS if re.search(rf"\b{each}\b", before) and option in own[each]]
                with self.subTest(command, option=option):
                    self.assertTrue(option in own[command] or option in all_commands or of_others, before + option)

    def test_every_option_that_it_lists_is_taken(self):
        samples = {"TIME": "5s", "SIZE": "5MB", "N": "3", "-": "-"}
        for command in COMMANDS:
            for option, value in self.options_of(self.section(self.help("help", command), "Options")).items():
                with self.subTest(command, option=option):
                    self.ok(command, option, *([samples.get(value, "x")] if value else []), "--help")

    def test_its_examples_are_taken_by_the_parser(self):
        for command in COMMANDS:
            for example in re.findall(r"^  dbrollback (.*)$", self.section(self.help("help", command), "Examples"), re.M):
                with self.subTest(example):
                    line = re.split(r" [|<>] ", example)[0]
                    done = subprocess.run(f"'{dbr.BINARY}' {line} --help", shell=True, capture_output=True, cwd=self.at)
                    self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_no_line_is_wider_than_eighty_columns(self):
        for command in COMMANDS:
            wide = [line for line in self.help("help", command).splitlines() if len(line) > 80]
            self.assertEqual([line for line in wide if not line.startswith("  dbrollback ")], [])


class Options(messages.Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.database = self.make("app.db")
        self.taken = self.snapshot(self.database)

    def test_options_of_all_commands_stand_before_or_after_the_command(self):
        for words in (["--json", "show", self.taken], ["show", "--json", self.taken], ["show", self.taken, "--json"],
                      ["--config", "dbrollback.toml", "show", self.taken, "--json"]):
            with self.subTest(words):
                self.assertEqual(self.ok(*words).json["id"], self.taken)
        second = self.path("second")
        self.ok("init", "--repository", second, "--config", "second.toml", "--yes")
        for words in (["--repository", second, "list"], ["list", "--repository", second], ["list", "--repository=" + second],
                      ["--repository=" + second, "list"]):
            with self.subTest(words):
                self.assertEqual(self.ok(*words, "--json").json["snapshots"], [])

    def test_mistakes_say_what_is_meant(self):
        mistakes = (
            (["frobnicate"], "there is no command 'frobnicate'", "dbrollback --help"),
            (["snapshott"], "there is no command 'snapshott'; did you mean snapshot?", "dbrollback help snapshot"),
            (["backup"], "there is no command 'backup'; did you mean snapshot?", "dbrollback help snapshot"),
            (["list", "--frob"], "unknown option --frob", "dbrollback help list"),
            (["list", "--jsn"], "unknown option --jsn; did you mean --json?", "dbrollback help list"),
            (["list", "--json=yes"], "--json takes no value", "dbrollback help list"),
            (["list", "a"], "'a' is one argument too many", "dbrollback help list"),
            (["verify", "--level", "--quiet", "x"], "--level needs a value: --level LEVEL", "dbrollback help verify"),
            (["--all", "verify"], "option --all stands before the command, where only options of all commands may",
             "put it after the command: dbrollback COMMAND --all …"),
            (["verify", "x", "--level", "best"], "--level takes stored, content or restored, not 'best'",
             "dbrollback verify --help"),
            (["verify"], "which snapshot? `verify` needs an ID, --latest, --all or --input -", "dbrollback verify --latest"),
            (["show"], "which snapshot? `show` needs an ID", "dbrollback list"),
            (["export", "x"], "into which file? `export` needs an ID and a FILE", "dbrollback export x FILE.db"),
            (["diff", "live", "live"], "`diff live live` compares the database with itself", "dbrollback diff latest"),
            (["snapshot", "--lock-timeout", "5x"], "--lock-timeout takes a duration, not '5x'",
             "a number and its unit: 250ms, 5s, 2m, 36h or 7d"),
            (["restore", "--input", "-", "x"], "--input - brings its own snapshot", "leave x or --input - out"),
        )
        for words, message, following in mistakes:
            with self.subTest(words):
                self.refuses(2, f"dbrollback: {message}\n  state: nothing was changed\n  next:  {following}\n", *words)

    def test_a_password_in_a_url_is_refused_and_never_shown(self):
        for words in (["snapshot", "--database", "postgresql://shop:s3cret@db/shop"], ["doctor", "--quiet", "--database",
                      "postgresql://shop@db/shop?password=s3cret"], ["--json", "init", "--database", "sqlite://a:s3cret@b/c"]):
            with self.subTest(words[0]):
                done = self.fails(2, *words, cwd=self.repo)
                self.assertNotIn("s3cret", done.out + done.err)
                self.assertEqual(done.err,
                                 "dbrollback: the database's URL holds a password, which every user of this machine can see "
                                 "in an argument\n"
                                 "  state: nothing was changed\n"
                                 "  next:  set an environment variable and write `--database env:NAME`, configure url = "
                                 "\"env:NAME\", or leave the password out and keep it in ~/.pgpass\n")

    def test_a_bare_restore_without_a_terminal(self):
        self.refuses(2, "dbrollback: which snapshot? `restore` needs an ID, and there is no terminal to ask\n"
                        "  state: nothing was changed\n"
                        "  next:  `dbrollback restore latest --database AT/app.db`, or an id from `dbrollback list --database "
                        "AT/app.db`\n",
                     "restore", "--database", self.database)

    def test_a_restore_without_a_terminal_needs_yes(self):
        with self.unchanged():
            done = self.says(4, "dbrollback: restoring into AT/app.db needs a confirmation, and there is no terminal to ask "
                                "for it\n"
                                "  state: nothing was changed\n"
                                "  next:  if this is what you want, run the same command with --yes\n",
                             "restore", self.taken, "--database", self.database)
        self.assertIn("restore of ", done.out)
        self.ok("restore", self.taken, "--database", self.database, "--yes")

    def test_a_prune_without_a_terminal_needs_yes(self):
        self.snapshot(self.database)
        words = ["prune", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0", "--keep-monthly", "0"]
        with self.unchanged():
            self.says(4, "dbrollback: removing 1 snapshot needs a confirmation, and there is no terminal to ask for it\n"
                         "  state: nothing was changed\n"
                         "  next:  if this is what you want, run the same command with --yes\n", *words)
        self.ok(*words, "--yes")

    def test_init_never_overwrites_a_configuration(self):
        with open(self.path("dbrollback.toml"), "a") as file:
            file.write("# by hand\n")
        with self.unchanged():
            self.run_it("init", "--repository", self.repo, "--yes")
            self.run_it("init", "--repository", self.repo, "--database", self.database, "--yes")


class Suggestions(messages.Case):
    """What a command says to type next works when it is typed."""

    def test_after_an_error_with_the_repository_that_was_typed(self):
        self.init()
        elsewhere = self.path("other place")
        self.ok("init", "--repository", elsewhere, "--yes")
        self.says(2, f"dbrollback: there is no snapshot '2027'\n"
                     f"  state: nothing was changed\n"
                     f"  next:  `dbrollback list --repository 'AT/other place'` shows what there is\n",
                  "show", "2027", "--repository", elsewhere)

    def setUp(self):
        super().setUp()
        self.init()
        self.database = self.make("my app.db")

    def type_each(self, text, titles, extra=""):
        found = dict(re.findall(r"^  (to [a-z ]+): +(dbrollback .*)$", text, re.M))
        self.assertEqual(list(found), titles, text)
        for line in found.values():
            with self.subTest(line):
                environment = dict(self.environment, DBROLLBACK_REPOSITORY=self.repo)
                done = subprocess.run(line.replace("dbrollback ", f"'{dbr.BINARY}' ", 1) + extra, shell=True, cwd=self.at,
                                      env=environment, capture_output=True)
                self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_after_a_snapshot(self):
        done = self.ok("snapshot", "--database", self.database)
        self.type_each(done.out, ["to prove it", "to put it back"], " --yes")

    def test_after_a_restore(self):
        taken = self.snapshot(self.database)
        self.make("my app.db", "DELETE FROM t")
        done = self.ok("restore", taken, "--database", self.database, "--yes")
        self.assertEqual(dbr.rows(self.database, "SELECT count(*) FROM t"), [(2,)])
        self.type_each(done.out, ["to undo"], " --yes")
        self.assertEqual(dbr.rows(self.database, "SELECT count(*) FROM t"), [(0,)])

    def test_after_a_restore_into_another_database(self):
        taken = self.snapshot(self.database)
        other = self.make("other.db", "CREATE TABLE kept(v)")
        done = self.ok("restore", taken, "--database", self.database, "--into", other, "--yes")
        self.type_each(done.out, ["to undo"], " --yes")
        self.assertEqual(dbr.rows(other, "SELECT name FROM sqlite_schema"), [("kept",)])

    def test_after_a_pin_and_of_an_empty_repository(self):
        self.type_each(self.ok("list", "--database", self.database).out, ["to take one"])
        taken = self.snapshot(self.database)
        self.type_each(self.ok("pin", taken, "--reason", "audit").out, ["to undo"])
        self.assertFalse(self.ok("show", taken, "--json").json["pinned"])


dbr.main()
