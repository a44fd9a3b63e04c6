# slow
"""Ways to log in, and roles: passwords by SCRAM over TCP and the unix socket, TLS whose certificate is checked, and who may
see all rows of a table. A snapshot and a restore go through pg_dump and pg_restore, which log in by themselves."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from support import dbr, postgres  # noqa: E402

import server_case  # noqa: E402

SECRET = "it's a \\ s3cret: of/the@shop"
ROLES = ("login_super", "login_owner")


class Case(server_case.Case):
    def setUp(self):
        super().setUp()
        password = postgres.literal(SECRET)
        self.server.role("login_super", f"LOGIN SUPERUSER PASSWORD {password}")
        self.server.role("login_owner", f"LOGIN CREATEDB PASSWORD {password}")

    def use(self, url, more=""):
        """The configuration names it from here on."""
        self.environment["APP_URL"] = url + more

    def goes_round(self):
        """A snapshot, a change, a restore."""
        self.old = self.held()
        self.take()
        self.psql(server_case.CHANGE)
        self.new = self.held()
        self.ok("restore", self.taken, "--yes")
        self.assertEqual(self.held(), self.old)
        self.assertEqual([self.held(kept) for kept in self.beside()], [self.new])

    def fill(self, role):
        self.server.role("restore_reader")
        self.give_to(role)
        self.psql(f"SET ROLE {role};\n{server_case.CONTENT}RESET ROLE;\n{server_case.OF_THE_DATABASE}")

    def refused(self, words, *command):
        done = self.fails(1, *(command or ("snapshot",)))
        for word in (self.database, "state: nothing was changed", words):
            self.assertIn(word, done.err)
        self.assertNotIn(SECRET, done.out + done.err)
        self.assertEqual(self.ok("list", "--json").json["snapshots"], [])


class Scram(Case):
    parameters = {"tcp": True, "password_encryption": "scram-sha-256",
                  "hba": tuple(f"{way} scram-sha-256" for role in ROLES
                               for way in (f"local all {role}", f"host all {role} 127.0.0.1/32"))}

    def urls(self, role):
        """With a password, over TCP and through the socket."""
        part = urllib.parse.quote(SECRET, safe="")
        socket = self.server.url(self.database, role).replace(f"{role}@", f"{role}:{part}@")
        return {"tcp": self.server.tcp_url(self.database, role, SECRET), "socket": socket}

    def drive(self, role, way):
        self.fill(role)
        self.use(self.urls(role)[way])
        self.goes_round()

    def test_superuser_over_tcp(self):
        self.drive("login_super", "tcp")

    def test_superuser_through_the_socket(self):
        self.drive("login_super", "socket")

    def test_owner_over_tcp(self):
        self.drive("login_owner", "tcp")

    def test_owner_through_the_socket(self):
        self.drive("login_owner", "socket")

    def test_a_wrong_password(self):
        self.fill("login_owner")
        for url in (self.server.tcp_url(self.database, "login_owner", "wrong"), self.server.url(self.database, "login_owner")):
            self.use(url)
            self.refused("password")


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Tls(Case):
    """An authority and a server's certificate, made for the test."""
    parameters = {**Scram.parameters, "hba": ("hostnossl all all 127.0.0.1/32 reject", *Scram.parameters["hba"])}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificates = tempfile.mkdtemp(prefix="dbr-tls-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.certificates)

    def setUp(self):
        super().setUp()
        if self.server.value("postgres", "SELECT current_setting('ssl')") != "on":
            self.make_certificates()
            if not self.begin_tls():
                self.skipTest("this build of the server has no TLS")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.certificates, check=True, capture_output=True)

    def make_certificates(self):
        days = ("-days", "2")
        for name in ("ca", "other"):
            self.openssl("req", "-new", "-x509", "-nodes", *days, "-subj", f"/CN={name}", "-keyout", f"{name}.key",
                         "-out", f"{name}.crt")
        self.openssl("req", "-new", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
        self.openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", *days,
                     "-out", "server.crt")

    def begin_tls(self):
        for name in ("server.key", "server.crt"):
            copy = os.path.join(self.server.data, name)
            shutil.copy(os.path.join(self.certificates, name), copy)
            os.chmod(copy, 0o600)
            if self.server.user:
                os.chown(copy, self.server.user.pw_uid, self.server.user.pw_gid)
        if self.server.psql("postgres", "ALTER SYSTEM SET ssl = on", check=False).exit != 0:
            return False
        self.server.psql("postgres", "SELECT pg_reload_conf() \\g /dev/null")
        for _ in range(600):
            if self.server.value("postgres", "SELECT current_setting('ssl')") == "on":
                return True
            time.sleep(0.05)
        return False

    def tls(self, authority="ca", host="localhost", mode="verify-full"):
        url = self.server.tcp_url(self.database, "login_owner", SECRET).replace("127.0.0.1", host)
        self.use(url, f"?sslmode={mode}&sslrootcert={os.path.join(self.certificates, authority)}.crt&hostaddr=127.0.0.1")

    def test_a_certificate_that_is_checked(self):
        self.fill("login_owner")
        self.tls()
        self.goes_round()

    def test_a_certificate_that_does_not_hold(self):
        self.fill("login_owner")
        for words, refused in (({"authority": "other"}, "certificate verify failed"),
                               ({"host": "db.example.org"}, "does not match host name"),
                               ({"mode": "disable"}, "pg_hba.conf rejects connection")):
            with self.subTest(words):
                self.tls(**words)
                self.refused(refused)


class RowSecurity(Case):
    """A snapshot that lacks rows would be none: where a policy hides some, the table is named and nothing is taken."""

    def prepare_rows(self):
        self.fill("login_owner")
        self.psql("SET ROLE login_owner; CREATE TABLE of_tenants (tenant text, v int); INSERT INTO of_tenants VALUES ('a', 1), "
                  "('b', 2); CREATE POLICY own ON of_tenants USING (tenant = 'a'); "
                  "ALTER TABLE of_tenants ENABLE ROW LEVEL SECURITY")
        self.use(self.server.url(self.database, "login_owner"))

    def test_of_the_owner_himself(self):
        """He sees all rows of his own tables, unless they are FORCEd upon him."""
        self.prepare_rows()
        self.goes_round()

    def test_forced_upon_the_owner(self):
        self.prepare_rows()
        self.psql("ALTER TABLE of_tenants FORCE ROW LEVEL SECURITY")
        self.refused('row security hides rows of "public"."of_tenants"')
        self.psql("ALTER ROLE login_owner BYPASSRLS")
        self.addCleanup(self.psql, "ALTER ROLE login_owner NOBYPASSRLS", check=False)
        self.goes_round()

    def test_a_superuser_sees_all(self):
        self.prepare_rows()
        self.psql("ALTER TABLE of_tenants FORCE ROW LEVEL SECURITY")
        self.use(self.server.url(self.database, "login_super"))
        self.goes_round()
        self.assertEqual(self.query("SELECT count(*) FROM of_tenants"), [("2",)])


if __name__ == "__main__":
    dbr.main()
