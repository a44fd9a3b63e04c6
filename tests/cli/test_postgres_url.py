"""URLs of PostgreSQL databases: recognised, shown and stored nowhere, and a server that cannot be reached is a clear error."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from support import dbr  # noqa: E402

SECRET = "s3cret"
# Nobody listens there.
URLS = (f"postgresql://shop:{SECRET}@127.0.0.1:1/shop", f"host=127.0.0.1 port=1 password={SECRET} dbname=shop",
        f"postgres+psycopg://127.0.0.1:1/shop?password={SECRET}")
UNREACHABLE = r"could not connect to postgresql://(\w+@)?127.0.0.1:1/shop: .*Connection refused"
REFUSAL = (f"dbrollback: {UNREACHABLE}.*\n  state: .*\n"
           "  next:  check that the server is running, the host, port, user and name in the URL, and the password\n")


class Case(messages.Case):
    def configure(self, text, name="dbrollback.toml"):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def assert_secret_is_nowhere(self, done=None):
        if done is not None:
            self.assertNotIn(SECRET, done.out + done.err)
        for folder, folders, files in os.walk(self.at):
            for name in [*folders, *files]:
                self.assertNotIn(SECRET, name)
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(SECRET.encode(), file.read(), os.path.join(folder, name))


class Unreachable(Case):
    def setUp(self):
        super().setUp()
        self.init()
        os.remove(self.path("dbrollback.toml"))
        self.taken = self.snapshot(self.make("shop.db"))

    def test_what_needs_the_server_says_so(self):
        commands = (["snapshot"], ["snapshot", "--output", "-"], ["restore", "--undo", "--yes"],
                    ["restore", "--discard-old", "--yes"])
        for url in URLS:
            self.environment["APP_URL"] = url
            for config in ("", "[database.shop]\nurl = 'env:APP_URL'\n"):
                self.configure(config)
                for words in commands:
                    words = words if config else [*words, "--database", "env:APP_URL"]
                    with self.subTest(words, url=url), self.unchanged():
                        done = self.fails(1, *words, "--verbose")
                        self.assertRegex(self.said(done), "could not connect to postgresql://")
                        self.assertIn("check that the server is running", done.err)
                        self.assert_secret_is_nowhere(done)
                    if "--output" not in words:
                        done = self.fails(1, *words, "--json")
                        self.assertEqual(done.json["error"]["code"], "no_connection")
                        self.assert_secret_is_nowhere(done)
            self.assertRegex(self.said(self.fails(1, "snapshot")), REFUSAL)

    def test_a_snapshot_of_a_file_is_none_of_it(self):
        for url in URLS:
            self.environment["APP_URL"] = url
            self.configure("[database.shop]\nurl = 'env:APP_URL'\n")
            for words in (["restore", self.taken, "--yes"], ["restore", self.taken, "--dry-run"],
                          ["restore", self.taken, "--tables", "t", "--yes"], ["restore", self.taken, "--into", "env:APP_URL"]):
                with self.subTest(words, url=url), self.unchanged():
                    done = self.fails(2, *words)
                    self.assertIn("is a snapshot of a database of SQLite, and shop is one of PostgreSQL", done.err)
                    self.assert_secret_is_nowhere(done)

    def test_doctor_names_it_and_fails(self):
        for url in URLS:
            self.environment["APP_URL"] = url
            self.configure("[database.stock]\nurl = 'env:APP_URL'\n")
            done = self.fails(1, "doctor")
            self.assertRegex(done.out, f"✗ database stock: {UNREACHABLE}")
            self.assert_secret_is_nowhere(done)
            self.assert_secret_is_nowhere(self.fails(1, "doctor", "--json"))
            self.assertRegex(self.fails(1, "doctor", "--database", "env:APP_URL").out, f"✗ database shop: {UNREACHABLE}")

    def test_what_does_not_need_the_database_works_on(self):
        self.environment["APP_URL"] = URLS[0]
        self.configure("[database.shop]\nurl = 'env:APP_URL'\nadmin_url = 'env:APP_URL'\nscratch_url = 'env:APP_URL'\n")
        for words in (["list"], ["show", "latest"], ["verify", "--all", "--level", "restored"], ["prune", "--dry-run"],
                      ["diff", self.taken, self.taken], ["export", "latest", "copy.db"], ["catalog", "rebuild"],
                      ["pin", "latest", "--reason", "audit"], ["restore", "latest", "--into", self.path("into.db")],
                      ["list", "--database", "env:APP_URL"]):
            with self.subTest(words):
                self.assert_secret_is_nowhere(self.ok(*words, "--verbose"))
        again = self.ok("restore", "latest", "--into", self.path("into.db"), "--yes", "--json")
        self.assert_secret_is_nowhere(again)
        self.assertTrue(json.loads(again.out)["snapshot_before"])

    def test_init_takes_it(self):
        for number, url in enumerate(("postgresql://shop@db/shop", "host=db dbname=shop")):
            config = f"new{number}.toml"
            done = self.ok("init", "--config", config, "--repository", self.path("new"), "--database", url)
            self.assertEqual(self.said(done), "")
            with open(self.path(config), encoding="utf-8") as file:
                lines = file.read().split("\n")
            self.assertIn("[database.shop]", lines)
            self.assertIn(f'url = "{url}"', lines)
            self.ok("list", "--config", config)

    def test_a_connection_string_is_no_name(self):
        url = "host=127.0.0.1 port=1 dbname=shop"
        self.ok("list", "--database", url)
        self.assertRegex(self.said(self.fails(1, "snapshot", "--database", url)), REFUSAL)

    def test_a_malformed_one_is_not_repeated(self):
        self.environment["APP_URL"] = f"postgresql://shop:a/{SECRET}@db/shop"
        self.configure("[database.shop]\nurl = 'env:APP_URL'\n")
        for words in (["list"], ["snapshot"], ["snapshot", "--database", "env:APP_URL", "--config", "empty.toml"]):
            self.configure("", "empty.toml")
            done = self.fails(2, *words)
            self.assertIn("this URL cannot be taken apart", done.err)
            self.assert_secret_is_nowhere(done)


class Arguments(Case):
    def test_a_password_is_refused_wherever_it_is_typed(self):
        for url in URLS:
            for words in (["snapshot", url], [url], [url, "snapshot"], ["diff", "--database", url], ["diff", url, "live"],
                          ["list", "--database", url], [f"--database={url}", "list"], ["list", f"--databse={url}"],
                          ["--databse=" + url, "list"], ["restore", "latest", "--into", url], ["list", "--config", url],
                          ["list", "--repository", url], ["export", "latest", url], ["show", url], ["help", url],
                          ["snapshot", "--level", url], ["init", "--database", url, "--yes"]):
                with self.subTest(words):
                    for more in ([], ["--json"]):
                        done = self.fails(2, *words, *more)
                        self.assert_secret_is_nowhere(done)
                        self.assertIn("env:NAME", done.out + done.err)

    def test_nor_may_dbrollback_database_hold_one(self):
        for words in (["list"], ["diff"], ["snapshot"], ["doctor"]):
            done = self.fails(2, *words, env={"DBROLLBACK_DATABASE": URLS[1]})
            self.assert_secret_is_nowhere(done)

    def test_a_reason_is_prose(self):
        self.init()
        os.remove(self.path("dbrollback.toml"))
        taken = self.snapshot(self.make("app.db"), "--pin", "before password = NULL")
        self.ok("pin", taken, "--reason", "before password = NULL")

    def test_options_of_the_other_kind_are_mistakes(self):
        self.init()
        os.remove(self.path("dbrollback.toml"))
        file = self.make("app.db")
        for option, value in (("--jobs", "4"), ("--yield-after", "2s"), ("--max-rate", "50MB")):
            self.refuses(2, f"dbrollback: {option} is for PostgreSQL databases only, and app is none\n"
                            "  state: nothing was changed\n"
                            f"  next:  leave {option} out\n", "snapshot", "--database", file, option, value)
        self.refuses(2, "dbrollback: --max-writer-pause is for SQLite databases only, and shop is none\n"
                        "  state: nothing was changed\n"
                        "  next:  leave --max-writer-pause out\n",
                     "snapshot", "--database", "postgresql://db/shop", "--max-writer-pause", "1s")
        done = self.fails(1, "snapshot", "--database", "postgresql://127.0.0.1:1/shop", "--jobs", "64", "--yield-after", "0s",
                          "--max-rate", "1GiB")
        self.assertRegex(self.said(done), REFUSAL)
        self.ok("snapshot", "--database", file, env={"DBROLLBACK_JOBS": "4", "DBROLLBACK_MAX_RATE": "50MB"})

    def test_options_with_bad_values(self):
        sizes = "a number and its unit: 512kB, 50MB, 2GB, 64MiB or 1GiB"
        for option, value, message, following in (
                ("--jobs", "0", "--jobs takes a number from 1 to 64, not '0'", "dbrollback help snapshot"),
                ("--jobs", "65", "--jobs takes a number from 1 to 64, not '65'", "dbrollback help snapshot"),
                ("--yield-after", "5", "--yield-after takes a duration, not '5'",
                 "a number and its unit: 250ms, 5s, 2m, 36h or 7d"),
                ("--max-rate", "50", "--max-rate takes a size, not '50'", sizes),
                ("--max-rate", "999B", "--max-rate takes a size of at least 1000 bytes, not '999B'", sizes)):
            with self.subTest(value):
                self.assertIn(f"dbrollback: {message}\n", self.fails(2, "snapshot", option, value).err)


if __name__ == "__main__":
    dbr.main()
