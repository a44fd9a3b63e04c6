"""One PostgreSQL server's folder and process: made, started, stopped, killed, removed. What is asked of it is postgres.py's.

It runs in the foreground as a child of the test, never as root, on a unix socket in a folder that only it and root can
enter. The kernel tells it when the test dies (pdeathsig), and keeper.py then removes its folder. The kernel means the
thread that started it: start servers from the main one."""
import atexit
import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from support import installation, processes

# Tests are about processes that die, not about power that fails: what is written stays in the kernel's cache. Shared
# memory as files keeps all of a server in its folder, even when it is killed.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "wal_level": "replica", "max_connections": 100, "autovacuum": "on",
            "dynamic_shared_memory_type": "mmap", "log_line_prefix": "%m [%p] %u@%d ", "timezone": "UTC"}
SOCKET_PATH_LIMIT = 107


def installed(program):
    """Where Debian's packages have this program, the newest version first."""
    found = glob.glob("/usr/lib/postgresql/[0-9]*/bin/" + program)
    return sorted(found, key=lambda path: int(re.sub(r"\D", "", path.split("/")[4])), reverse=True)


def binaries():
    """The folder of the server's programs: $DBROLLBACK_PG_BIN, or that of the newest version that is installed."""
    told = os.environ.get("DBROLLBACK_PG_BIN")
    if told:
        return told
    found = installed("initdb")
    if not found:
        raise unittest.SkipTest("no PostgreSQL server is installed: apt-get install postgresql, or DBROLLBACK_PG_BIN")
    return os.path.dirname(found[0])


def somebody():
    """Whom a server runs as when the test runs as root, which PostgreSQL refuses; None: the test's own user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    raise unittest.SkipTest("root cannot run PostgreSQL, and there is neither a user postgres nor nobody")


class Postmaster:
    def __init__(self, tcp=False, encoding="UTF8", locale="C.UTF-8", initdb=(), hba=(), extensions=None, place=None,
                 **settings):
        """`initdb`: more words for it. `hba`: lines that come before those that let everybody in. `extensions`: a folder of
        extensions beside the installed ones. `place`: where its folder is made, instead of in $TMPDIR."""
        self.bin = binaries()
        self.user = somebody()
        self.process = None
        self.folder = self.make_folder(place or os.environ.get("TMPDIR") or "/tmp")
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "log")
        self.port = free_port() if tcp else 5432
        atexit.register(self.close)
        self.keep()
        try:
            self.call("initdb", "--no-sync", "--auth=trust", "--username=postgres", f"--encoding={encoding}",
                      f"--locale={locale}", *initdb, "-D", self.data)
            self.configure(hba, {**SETTINGS, "listen_addresses": "127.0.0.1" if tcp else "", "port": self.port,
                                 "unix_socket_directories": self.folder, **settings})
            if extensions:
                self.bin = installation.with_extensions(self.bin, extensions, os.path.join(self.folder, "installation"))
            self.start()
        except BaseException:
            self.close()
            raise

    def make_folder(self, place):
        folder = tempfile.mkdtemp(prefix="dbr-pg-", dir=place)
        if len(os.path.join(folder, ".s.PGSQL.65535")) > SOCKET_PATH_LIMIT:
            os.rmdir(folder)
            folder = tempfile.mkdtemp(prefix="dbr-pg-", dir="/tmp")
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        return folder

    def keep(self):
        """Starts the keeper, apart from us: who ends a test with all its children does not reach it."""
        ours = os.path.join(os.path.dirname(os.path.realpath(__file__)), "keeper.py")
        self.keeper = subprocess.Popen(["setsid", "--fork", sys.executable, "-ESB", ours, self.folder], cwd="/",
                                       stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.keeper.wait()

    def words(self, program, *words):
        as_whom = ["--reuid", str(self.user.pw_uid), "--regid", str(self.user.pw_gid), "--init-groups"] if self.user else []
        return ["setpriv", *as_whom, "--pdeathsig", "QUIT", os.path.join(self.bin, program), *words]

    def call(self, program, *words):
        """Runs one of the server's programs to its end, as the server's user."""
        done = subprocess.run(self.words(program, *words), cwd=self.folder, env=environment(), check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError(f"{program} {words}: {done.stdout.decode(errors='replace')}")

    def configure(self, hba, settings):
        with open(os.path.join(self.data, "postgresql.conf"), "a", encoding="utf-8") as file:
            for name, value in settings.items():
                text = str(value).replace("'", "''")
                file.write(f"{name} = '{text}'\n")
        with open(os.path.join(self.data, "pg_hba.conf"), "r+", encoding="utf-8") as file:
            before = file.read()
            file.seek(0)
            file.write("".join(line + "\n" for line in hba) + before)

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.words("postgres", "-D", self.data), cwd=self.folder, env=environment(),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        give_up = time.monotonic() + 120
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"the server does not start:\n{self.last_words()}")
            time.sleep(0.01)

    def ready(self):
        lines = processes.lines_of(self.data)
        return bool(lines) and lines[0] == str(self.process.pid) and lines[-1].strip() == "ready"

    def last_words(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-30:])

    def stop(self):
        """In order, but without waiting for clients: theirs is rolled back, and what is in memory is written."""
        self.end(signal.SIGINT)

    def quit(self):
        """At once, as `pg_ctl stop -m immediate` does: the next start recovers from the log."""
        self.end(signal.SIGQUIT)

    def crash(self):
        """SIGKILL for all of it, as if the machine had died; the next start recovers from the log."""
        if self.running:
            processes.kill_family(self.process.pid)
            self.process.wait()

    def end(self, signal_number):
        if self.running:
            self.process.send_signal(signal_number)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.crash()
                raise

    def close(self):
        """Stops the server and removes all of it. Twice is as good as once."""
        atexit.unregister(self.close)
        self.quit()
        processes.forget_shared_memory(self.data)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.keeper.stdin.close()


def environment():
    """What a server or a client starts with: nothing that says where to connect, and messages in English."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("PG")}, "LC_ALL": "C.UTF-8"}


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
