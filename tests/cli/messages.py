"""What the tests of messages share: words for what a command said, and proof that it changed nothing."""
import contextlib
import glob
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr  # noqa: E402

NOBODY = 65534
OWN_DISK = "warning: the repository AT/repo is on the database's own disk: losing that disk loses both\n"
IN_MEMORY = "warning: the repository {} is in memory (tmpfs): a restart of this machine loses every snapshot\n"


class Case(dbr.Case):
    """Compares what commands say, with everything that differs from run to run replaced."""

    def normal(self, text):
        """Paths under self.at, ids, process ids and random names do not matter, nor does whether self.at is on tmpfs."""
        repository = self.repo.replace(self.at, "AT")
        text = text.replace(self.at, "AT").replace(IN_MEMORY.format(repository), OWN_DISK.replace("AT/repo", repository))
        text = re.sub(r"\d{8}T\d{6}Z(-[\w.]+)?-[0-9a-f]{4}\b", "ID", text)
        text = re.sub(r"\bprocess \d+ \S+", "process PID NAME", text)
        return re.sub(r"(dbrollback-(?:spool|scratch)|\.db\.dbrollback)-[0-9a-f]{8}", r"\1-RANDOM", text)

    def said(self, done):
        return self.normal(done.err)

    def says(self, status, err, *words, **keywords):
        """Runs a command that must end with `status` and say exactly `err`; returns what it was."""
        done = self.run_it(*words, **keywords)
        self.assertEqual((done.exit, self.said(done)), (status, err), f"dbrollback {words}: {done!r}")
        return done

    def refuses(self, status, err, *words, **keywords):
        """The same, for a command that must leave everything as it was and print nothing on standard output."""
        with self.unchanged():
            done = self.says(status, err, *words, **keywords)
        self.assertEqual(done.out, "")
        return done

    def everything(self):
        """Every file, by content and place. Records of runs, locks and the index of the repository aside."""
        found = {}
        for folder, folders, files in os.walk(self.at):
            if "dbrollback.repository" in files:
                folders[:] = [name for name in folders if name not in ("runs", "locks")]
                files = [name for name in files if name != "catalog.db"]
            for name in [*files, *folders]:
                path = os.path.join(folder, name)
                stat = os.lstat(path)
                content = ""
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        content = hashlib.sha256(file.read()).hexdigest()
                found[path] = (stat.st_ino, stat.st_mode, stat.st_uid, content)
        return found

    @contextlib.contextmanager
    def unchanged(self):
        before = self.everything()
        yield
        after = self.everything()
        self.assertEqual(sorted(before), sorted(after))
        self.assertEqual(before, after)

    def held_ids(self):
        """The ids of all snapshots, and of everything else that lies among them."""
        return sorted(os.listdir(os.path.join(self.repo, "snapshots")))

    def big(self, name, rows=50_000):
        """A database of about 220 bytes a row that hardly compress."""
        return self.make(name, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
                         f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
                         "INSERT INTO t SELECT i, hex(randomblob(100)) FROM n")

    def small_disk(self, size="2m", name="small"):
        """The path of a disk of its own, or a skip where this account may not mount one."""
        folder = self.path(name)
        os.mkdir(folder)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
        if done.returncode != 0:
            self.skipTest("this account may not mount a disk: " + done.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    @contextlib.contextmanager
    def as_nobody(self):
        """Runs the commands inside as an ordinary account, which may look into self.at."""
        if os.getuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("only root can run a command as another account, with setpriv of util-linux")
        os.chmod(self.at, 0o755)
        binary = self.path("dbrollback")  # where it was built may be out of that account's reach
        shutil.copy(dbr.BINARY, binary)
        command, account = self.command, str(NOBODY)
        self.command = lambda *words: ["setpriv", "--reuid", account, "--regid", account, "--clear-groups", binary,
                                       *[str(word) for word in words]]
        try:
            yield
        finally:
            self.command = command

    def background(self, *words, **keywords):
        """Starts a command in its own process and returns it; it is gone after the test."""
        environment = dict(self.environment, DBROLLBACK_REPOSITORY=self.repo)
        keywords.setdefault("stdin", subprocess.DEVNULL)
        process = subprocess.Popen(self.command(*words), env=environment, cwd=self.at, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, **keywords)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.communicate()

    def stopped_snapshot(self, database):
        """A snapshot that stands still in the middle of its work."""
        for _ in range(10):
            process = self.background("snapshot", "--database", database, "--threads", "1")
            pattern = os.path.join(self.repo, "snapshots", "*", "data-0000.seg.*")
            while not (begun := glob.glob(pattern)) and process.poll() is None:
                time.sleep(0.001)
            process.send_signal(signal.SIGSTOP)
            if begun and not os.path.exists(os.path.join(os.path.dirname(begun[0]), "manifest.json")):
                return process
            self.end(process)
        self.fail("each snapshot was done before it could be stopped")

    def other_process(self, program, *arguments, ready=b"ready\n"):
        """A Python process that holds something; it has said that it is ready."""
        process = subprocess.Popen([sys.executable, "-c", program, *arguments], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        self.addCleanup(self.end, process)
        self.assertEqual(process.stdout.readline(), ready)
        return process
