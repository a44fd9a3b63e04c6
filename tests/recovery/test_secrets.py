"""A kept configuration file with secrets, evidence and commands that print them, and URLs with passwords: nothing of it is
in any output, record, report or message."""
import os
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

import deploy_case  # noqa: E402
import documents  # noqa: E402
import receiver  # noqa: E402

SECRETS = {"STRIPE_KEY": "sk_live_4eC39HqLyjWDarjtT1zdp7dc", "DATABASE_PASSWORD": "hunter22-and-more",
           "token": "eyJhbGciOiJIUzI1NiJ9.e30.abc"}
WEBHOOK = "T00000000/B00000000/webhooksecretwebhook"
PROBE = "probe-secret-4711"
FILE = f"""# what the application needs
STRIPE_KEY={SECRETS['STRIPE_KEY']}
export DATABASE_PASSWORD="{SECRETS['DATABASE_PASSWORD']}"
{{"token": "{SECRETS['token']}"}}
"""


class Secrets(deploy_case.Words):
    def prepare(self):
        self.outputs = []
        self.hooks = receiver.Receiver()
        self.addCleanup(self.hooks.close)
        self.more_app = ("config_files = ['app/.env.production']\n"
                         "clear_caches = [['cat', '.env.production']]\n"
                         "evidence = [['cat', '.env.production'], ['sh', '-c', 'cat .env.production >&2; exit 1']]\n")
        self.more = (f"[[notify]]\nurl = 'env:HOOK'\nformat = 'json'\non = ['deploy', 'deploy_failed', 'rollback']\n"
                     "[[health]]\nurl = 'env:PROBE'\nwithin = '500ms'\n")
        super().prepare()
        self.environment["HOOK"] = self.hooks.url(f"/services/{WEBHOOK}")
        self.environment["PROBE"] = f"{self.health_url}?key={PROBE}"
        self.env_file = os.path.join(self.app, ".env.production")
        self.write_text(self.env_file, FILE)
        os.chmod(self.env_file, 0o640)

    def run_it(self, *words, **keywords):
        done = super().run_it(*words, **keywords)
        self.outputs.append((words, done.out + done.err))
        return done

    def all_secrets(self):
        return [*SECRETS.values(), WEBHOOK, PROBE]

    def assert_nowhere(self):
        """In no output, in nothing that was posted, and in no file of the repository: not as it is, and not compressed,
        but for the kept file itself."""
        for words, text in self.outputs:
            for secret in self.all_secrets():
                self.assertNotIn(secret, text, words)
        posted = str([document for _, _, document in self.hooks.got])
        kept = 0
        for folder, _, names in os.walk(self.repo):
            for name in names:
                path = os.path.join(folder, name)
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0, path)
                with open(path, "rb") as file:
                    data = file.read()
                plain = uncompressed(data)
                is_kept = os.path.relpath(path, self.repo).startswith("kept/")
                kept += is_kept and SECRETS["STRIPE_KEY"].encode() in plain
                for secret in self.all_secrets():
                    self.assertNotIn(secret, posted)
                    self.assertNotIn(secret.encode(), data, path)
                    if not is_kept:
                        self.assertNotIn(secret.encode(), plain, path)
        return kept

    def test_a_release_and_its_way_back(self):
        self.deployed("v1")
        self.write_text(self.env_file, FILE.replace("# what", "# changed: what"))
        self.deployed("v2")
        self.plan()
        self.ok("rollback", "--dry-run")
        self.roll_back()
        with open(self.env_file, encoding="utf-8") as file:
            self.assertEqual(file.read(), FILE, "the file of v1 is back")
        self.assertEqual(stat.S_IMODE(os.stat(self.env_file).st_mode), 0o640)
        for kind in ("html", "markdown", "json", "text"):
            for run in ("latest:deploy", "latest:rollback"):
                self.ok("report", run, "--format", kind)
        self.ok("status")
        self.ok("status", "--json")
        self.ok("releases")
        self.ok("releases", "--json")
        found = documents.evidence(self.report("latest:rollback"))
        self.assertTrue(any("STRIPE_KEY=***" in text for text, _ in found.values()), found)
        self.assertGreaterEqual(self.assert_nowhere(), 1)
        self.assertTrue(self.hooks.got)

    def test_failures(self):
        """A health probe, and a command whose last lines are shown."""
        self.deployed("v1")
        self.release("v2", deploy_case.V2, 2, broken="unready")
        self.deploy("v2", "--on-unhealthy", "leave", status=6)
        self.ok("report", "latest:deploy")
        self.ok("rollback", "--dry-run")
        self.assert_nowhere()

    def test_a_command_that_fails_with_a_secret(self):
        text = self.read_config().replace("start = [", "start = [['sh', '-c', 'cat .env.production; exit 4'], ")
        self.write_text(self.path("dbrollback.toml"), text)
        failed = self.deploy("v1", "--verbose", status=6)
        self.assert_says(failed, "4")
        self.assert_nowhere()

    def read_config(self):
        with open(self.path("dbrollback.toml"), encoding="utf-8") as file:
            return file.read()

    def test_a_password_in_an_argument(self):
        for words in (("deploy", "--app-version", "v1"), ("rollback", "--dry-run"), ("rollback", "--yes"), ("status", ),
                      ("releases", ), ("hook", "pre-deploy", "--app-version", "v1")):
            with self.subTest(words):
                for url in ("postgresql://app:correct-horse@db.example/app", "host=db password=correct-horse dbname=app"):
                    done = self.fails(2, *words, "--database", url)
                    self.assertNotIn("correct-horse", done.out + done.err)
                    self.assert_says(done, "env:")

    def test_a_password_in_the_configuration(self):
        for key, value in (("url", "http://user:correct-horse@127.0.0.1/health"), ):
            with self.subTest(key):
                self.write_text(self.path("dbrollback.toml"), self.read_config() + f"[[health]]\n{key} = '{value}'\n")
                done = self.run_it("status")
                self.assertNotIn("correct-horse", done.out + done.err)


def uncompressed(data):
    """All that zstd finds in it; what is no stream of it is as it is."""
    if b"\x28\xb5\x2f\xfd" not in data:
        return data
    found = b""
    for part in data.split(b"\x28\xb5\x2f\xfd")[1:]:
        found += subprocess.run(["zstd", "-dc"], input=b"\x28\xb5\x2f\xfd" + part, capture_output=True, check=False).stdout
    return found


deploy_case.both(globals(), Secrets)
del Secrets

if __name__ == "__main__":
    dbr.main()
