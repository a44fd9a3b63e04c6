"""Mistakes in dbrollback.toml, with line and column, and where settings come from."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from cli import messages  # noqa: E402
from cli.messages import OWN_DISK  # noqa: E402
from support import dbr  # noqa: E402

MISTAKES = (
    ("timezone = 'UTC'\nrepositroy = '/x'\n", "2:1: repositroy: unknown key; did you mean 'repository'?"),
    ("repository = 5\n", "1:14: repository: must be a text in quotes, not a whole number"),
    ("[database.app]\nurl = 'app.db'\nlevel = 99\n",
     "3:9: database.app.level: 99 is out of range; it must be a whole number from 1 to 19"),
    ("timezone = 'UTC'\n\n[database.app]\nlevel = 3\n", "3:1: database.app: has no url"),
    ("[database.app]\nurl = 'env:NOT_SET'\n",
     "2:7: database.app.url: the environment variable NOT_SET is not set, or empty; set it"),
)


class Mistakes(messages.Case):
    def write(self, text, name="dbrollback.toml"):
        with open(self.path(name), "w") as file:
            file.write(text)

    def test_each_is_named_with_its_line_and_column(self):
        self.ok("init", "--repository", self.repo, "--config", "good.toml", "--yes")
        for text, message in MISTAKES:
            with self.subTest(message):
                self.write(text)
                done = self.fails(2, "snapshot")
                self.assertRegex(self.said(done), r"^dbrollback: AT/dbrollback.toml:\d+:\d+: .*\n"
                                                  r"  state: nothing was changed\n(  next:  .*\n)?$")
                self.assertIn(f"dbrollback: AT/dbrollback.toml:{message}", self.said(done))

    def test_every_command_that_needs_it_says_so_and_does_nothing(self):
        self.write("a = [1,\n")
        for words in (["snapshot"], ["list"], ["verify", "--all"], ["restore", "latest", "--yes"], ["prune", "--yes"],
                      ["doctor"], ["diff", "latest"], ["catalog", "rebuild"], ["show", "latest"], ["pin", "latest"],
                      ["export", "latest", "x.db"]):
            with self.subTest(words[0]), self.unchanged():
                done = self.fails(2, *words)
                self.assertRegex(self.said(done), r"^dbrollback: AT/dbrollback.toml:\d+:\d+: this is not TOML: ")
                self.assertEqual(done.out, "")

    def test_help_and_version_do_not_need_it(self):
        self.write("a = [1,\n")
        self.ok("--help")
        self.ok("snapshot", "--help")
        self.ok("version")

    def test_a_password_in_it_is_refused_and_not_repeated(self):
        self.write("[database.app]\nurl = 'postgresql://shop:s3cret@db/shop'\n")
        done = self.fails(2, "snapshot", "--json")
        self.assertNotIn("s3cret", done.out + done.err)
        self.assertIn("AT/dbrollback.toml:2:7: ", self.said(done))

    def test_under_json_it_is_one_document(self):
        self.write("repository = 5\n")
        error = self.fails(2, "list", "--json").json
        self.assertEqual((error["exit"], error["error"]["code"], error["error"]["object"], error["error"]["state"]),
                         (2, "config", "repository", "nothing was changed"))

    def test_a_file_that_is_not_there(self):
        done = self.fails(2, "list", "--config", "nope.toml")
        self.assertRegex(done.err, r"^dbrollback: nope.toml(:1:1)?: there is no such file")


class Settings(messages.Case):
    def setUp(self):
        super().setUp()
        os.makedirs(self.path("srv", "deep", "er"))
        self.database = self.make("srv/app.db")
        with open(self.path("srv", "dbrollback.toml"), "w") as file:
            file.write("repository = 'snapshots'\n[database.shop]\nurl = 'app.db'\n"
                       "[[database.shop.check]]\nname = 'nobody is called c'\nsql = \"SELECT count(*) FROM t WHERE v = 'c'\"\n"
                       "expect = 0\n")
        self.repo = self.path("srv", "snapshots")
        self.ok("init", "--repository", self.repo, "--config", self.path("other.toml"), "--yes")

    def test_it_is_found_upwards_and_paths_are_relative_to_it(self):
        done = self.ok("snapshot", "--json", cwd=self.path("srv", "deep", "er"))
        self.assertEqual(done.json["database"], "shop")
        self.assertEqual([each["id"] for each in self.ok("list", "--json", cwd=self.path("srv")).json["snapshots"]],
                         [done.json["id"]])

    def test_the_command_line_goes_before_the_environment_and_that_before_the_file(self):
        here = self.path("srv")
        other = self.make("other.db")
        self.assertEqual(self.ok("snapshot", "--json", cwd=here, env={"DBROLLBACK_DATABASE": other}).json["database"], "other")
        self.assertEqual(self.ok("snapshot", "--json", "--database", "shop", cwd=here,
                                 env={"DBROLLBACK_DATABASE": other}).json["database"], "shop")

    def test_a_check_that_fails_is_status_3_and_the_snapshot_is_kept(self):
        self.make("srv/app.db", "INSERT INTO t(v) VALUES ('c')")
        done = self.says(3, OWN_DISK.replace("AT/repo", "AT/srv/snapshots") +
                         "warning: check \"nobody is called c\" returned 1 instead of 0\n"
                         "warning: the snapshot is complete, but the data in it is not what the checks expect\n",
                         "snapshot", "--json", cwd=self.path("srv"))
        self.assertEqual([check["ok"] for check in done.json["checks"]], [False])
        self.assertEqual(self.held_ids(), [done.json["id"]])

    def test_a_check_that_is_no_query_says_which(self):
        self.ok("snapshot", cwd=self.path("srv"))
        with open(self.path("srv", "dbrollback.toml"), "a") as file:
            file.write("[[database.shop.check]]\nname = 'wrong'\nsql = 'DELETE FROM t'\nexpect = 0\n")
        with self.unchanged():
            self.says(2, OWN_DISK.replace("AT/repo", "AT/srv/snapshots") +
                      "dbrollback: the integrity query 'DELETE FROM t' would change the database, or is empty\n"
                      "  state: nothing was changed\n"
                      "  next:  correct its `sql` in dbrollback.toml\n", "snapshot", cwd=self.path("srv"))
        self.assertEqual(dbr.rows(self.path("srv", "app.db"), "SELECT count(*) FROM t"), [(2,)])

    def test_several_databases_and_none_named(self):
        with open(self.path("srv", "dbrollback.toml"), "a") as file:
            file.write("[database.stock]\nurl = 'stock.db'\n")
        self.refuses(2, "dbrollback: several databases are configured: shop, stock\n"
                        "  state: nothing was changed\n"
                        "  next:  say which one with `--database NAME`\n", "snapshot", cwd=self.path("srv"))

    def test_a_name_that_is_not_configured(self):
        done = self.fails(2, "snapshot", "--database", "shopp", cwd=self.path("srv"))
        self.assertRegex(done.err, "(?s)shopp.*did you mean 'shop'")


dbr.main()
