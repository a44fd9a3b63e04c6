"""Real PostgreSQL servers for tests, one for each set of parameters in a test program, and a fresh database for each test.

`class Something(postgres.Case)` has self.server, self.database (its name) and self.url. A test that needs a server of its
own says `server = postgres.Server(wal_level="logical")` and `self.addCleanup(server.close)`."""
import os
import secrets
import subprocess
import urllib.parse

from support import dbr, dump, postmaster


def quoted(name):
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value):
    """A value as SQL writes it; a text means the same whatever standard_conforming_strings says."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "NULL"}[value]
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value).replace("'", "''")
    return " E'" + text.replace("\\", "\\\\") + "'" if "\\" in text else f"'{text}'"


class Failed(Exception):
    """A client program failed; the message is what it said."""


class Server(postmaster.Postmaster):
    """A server that runs from here on until close(), or until the test program ends in whatever way."""

    @property
    def version(self):
        """As the server counts: 150018."""
        return int(self.query("postgres", "SELECT current_setting('server_version_num')")[0][0])

    def url(self, database, user="postgres"):
        part = lambda text: urllib.parse.quote(text, safe="")
        return f"postgresql://{part(user)}@/{part(database)}?host={urllib.parse.quote(self.folder)}&port={self.port}"

    def tcp_url(self, database, user="postgres", password=None):
        """For a server that was made with tcp=True."""
        part = lambda text: urllib.parse.quote(text, safe="")
        who = part(user) + (":" + part(password) if password is not None else "")
        return f"postgresql://{who}@127.0.0.1:{self.port}/{part(database)}"

    def program(self, name):
        """A client program: beside the server's, or Debian's newest, since some builds of the server come without."""
        for path in (os.path.join(self.bin, name), *postmaster.installed(name)):
            if os.path.exists(path):
                return path
        raise Failed(f"no {name} is installed")

    def client_version(self, name="pg_dump"):
        """The major version of a client program."""
        return int(self.client(name, "--version").out.split()[2].split(".")[0])

    def client(self, name, *words, stdin=b"", check=True):
        """Runs a client program; what it did, or Failed."""
        done = dbr.Run(subprocess.run([self.program(name), *[str(word) for word in words]], env=postmaster.environment(),
                                      input=stdin, capture_output=True, check=False))
        if check and done.exit != 0:
            raise Failed(f"{name} {words}: exit {done.exit}\n{done.err}")
        return done

    def psql(self, database, sql="", *words, user="postgres", check=True):
        """Runs SQL, and psql's own commands in it; stops at the first error."""
        return self.client("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database, user), *words,
                           stdin=sql.encode("utf-8", "surrogateescape"), check=check)

    def query(self, database, sql, user="postgres"):
        """The rows of a query as tuples of text, None for NULL. By COPY, whose escapes leave no value ambiguous."""
        copied = self.psql(database, f"SET client_encoding = 'UTF8';\nCOPY ({sql}) TO STDOUT;\n", user=user).out
        return [tuple(unescaped(field) for field in line.split("\t")) for line in copied.split("\n")[:-1]]

    def value(self, database, sql, user="postgres"):
        """The one value of a query."""
        ((found,),) = self.query(database, sql, user)
        return found

    def create(self, database, **options):
        """CREATE DATABASE with options by their names: owner="app", encoding="LATIN1", template="template0", …"""
        words = " ".join(f"{name} = {literal(value)}" for name, value in options.items())
        self.psql("postgres", f"CREATE DATABASE {quoted(database)} {words};")
        return database

    def fresh(self, prefix="db", **options):
        """A new database under a name that nothing else has, so that a name in a dump can be told from data."""
        return self.create(f"{prefix}_{secrets.token_hex(4)}", **options)

    def role(self, name, options="LOGIN"):
        """A role, if it is not there yet: they belong to the whole server, and tests share it."""
        if not self.query("postgres", f"SELECT FROM pg_roles WHERE rolname = {literal(name)}"):
            self.psql("postgres", f"CREATE ROLE {quoted(name)} {options};")
        return name

    def tablespace(self, name):
        """A tablespace, if it is not there yet, in the server's own folder."""
        if not self.query("postgres", f"SELECT FROM pg_tablespace WHERE spcname = {literal(name)}"):
            place = os.path.join(self.folder, f"space-{secrets.token_hex(4)}")
            os.mkdir(place, 0o700)
            if self.user:
                os.chown(place, self.user.pw_uid, self.user.pw_gid)
            self.psql("postgres", f"CREATE TABLESPACE {quoted(name)} LOCATION {literal(place)};")
        return name

    def databases(self):
        return sorted(name for name, in self.query("postgres", "SELECT datname FROM pg_database"))

    def dump(self, database, *words, create=True, in_order=True):
        """`pg_dump --create` as text that can be compared: without the database's name and what is random.
        in_order=False: and without the order of rows, which a restore on several connections does not keep."""
        made = self.client("pg_dump", *(["--create"] if create else []), "-d", self.url(database), *words)
        return dump.normalised(made.out, database, in_order)


def unescaped(field):
    """A field of COPY's text format. Python's codec knows its escapes, but not text beside them that is not ASCII."""
    if field == "\\N":
        return None
    if "\\" not in field:
        return field
    letters = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    first, *others = field.replace("\\\\", "\0").split("\\")  # no value of PostgreSQL holds a zero byte
    return (first + "".join(letters[other[0]] + other[1:] for other in others)).replace("\0", "\\")


SERVERS = {}


def shared_server(**parameters):
    """The server with these parameters, which all tests of a program share: starting one takes seconds."""
    key = repr(sorted(parameters.items()))
    if key not in SERVERS:
        SERVERS[key] = Server(**parameters)
    server = SERVERS[key]
    if not server.running:
        server.start()
    return server


class Case(dbr.Case):
    """A test case with a database of its own. `parameters` in a class says what server it needs."""
    parameters = {}

    def setUp(self):
        super().setUp()
        for name in [name for name in self.environment if name.startswith("PG")]:
            del self.environment[name]
        self.server = shared_server(**self.parameters)
        self.database = self.server.fresh()
        self.url = self.server.url(self.database)

    def psql(self, sql, *words, **keywords):
        return self.server.psql(self.database, sql, *words, **keywords)

    def query(self, sql, **keywords):
        return self.server.query(self.database, sql, **keywords)
