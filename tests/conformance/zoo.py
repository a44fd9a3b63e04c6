"""Databases of every kind: each function fills an empty database; ANIMALS holds them by name.

Every animal gets a few rows of ordinary data besides what makes it special."""
import math
import sqlite3

ANIMALS = {}


def animal(function):
    ANIMALS[function.__name__] = function
    return function


def fill(connection, rows=2000):
    """Ordinary rows, with an index and with values that need overflow pages."""
    connection.execute("CREATE TABLE ordinary(id INTEGER PRIMARY KEY, name TEXT, data)")
    connection.execute("CREATE INDEX ordinary_by_name ON ordinary(name)")
    connection.executemany("INSERT INTO ordinary(name, data) VALUES (?, ?)",
                           ((f"name {i * 7919 % rows}", "x" * (i % 97) if i % 100 else b"\0\1" * 9000)
                            for i in range(rows)))


def make(name, file):
    """Makes the animal, and closes it properly: no -wal stays."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    ANIMALS[name](connection)
    if connection.in_transaction:
        connection.execute("COMMIT")
    connection.close()


def of_page_size(size, before):
    def build(connection):
        connection.execute(f"PRAGMA page_size={size}")
        connection.execute(before)
        connection.execute("BEGIN")
        fill(connection)
    return build


for page_size in (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536):
    ANIMALS[f"page_size_{page_size}"] = of_page_size(page_size, "PRAGMA auto_vacuum=NONE")
    ANIMALS[f"page_size_{page_size}_wal"] = of_page_size(page_size, "PRAGMA journal_mode=WAL")
for mode in ("NONE", "FULL", "INCREMENTAL"):
    ANIMALS[f"auto_vacuum_{mode.lower()}"] = of_page_size(1024, f"PRAGMA auto_vacuum={mode}")


def of_encoding(encoding):
    def build(connection):
        connection.execute(f"PRAGMA encoding='{encoding}'")
        fill(connection, 200)
        connection.execute("CREATE TABLE words(w TEXT PRIMARY KEY, n) WITHOUT ROWID")
        connection.executemany("INSERT INTO words VALUES (?, ?)",
                               [("Grüße", 1), ("日本語", 2), ("🦓", 3), ("\uffff", 4), ("", 5), ("a\0b", 6)])
    return build


for text_encoding in ("UTF-8", "UTF-16le", "UTF-16be"):
    ANIMALS[f"encoding_{text_encoding.lower().replace('-', '_')}"] = of_encoding(text_encoding)


@animal
def empty_file(connection):
    """Not one page."""


@animal
def one_page(connection):
    connection.execute("PRAGMA user_version=7")


@animal
def only_a_table(connection):
    connection.execute("CREATE TABLE t(a)")


@animal
def without_rowid(connection):
    connection.execute("CREATE TABLE t(a TEXT, b INTEGER, c, PRIMARY KEY(b DESC, a COLLATE NOCASE)) WITHOUT ROWID")
    connection.execute("CREATE INDEX i ON t(c)")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ((f"k{i}", i % 50, None if i % 3 else i) for i in range(3000)))


@animal
def strict(connection):
    connection.execute("CREATE TABLE t(i INT, r REAL, t TEXT, b BLOB, a ANY) STRICT")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)",
                           [(1, 2.5, "x", b"y", "007"), (-1, 3.0, "", b"", 7), (None, None, None, None, 7.5)])


@animal
def generated_columns(connection):
    connection.execute("""CREATE TABLE t(a INTEGER PRIMARY KEY, b, v AS (a * 2), s TEXT AS (b || '!') STORED,
                                         "a,""b" GENERATED ALWAYS AS (v + 1) VIRTUAL UNIQUE)""")
    connection.execute("CREATE INDEX by_v ON t(v)")
    connection.executemany("INSERT INTO t(b) VALUES (?)", ((i,) for i in range(500)))


@animal
def full_text(connection):
    connection.execute("CREATE VIRTUAL TABLE f5 USING fts5(title, body)")
    connection.execute("CREATE TABLE outside(id INTEGER PRIMARY KEY, body)")
    connection.execute("CREATE VIRTUAL TABLE apart USING fts5(body, content='outside', content_rowid='id')")
    connection.execute("CREATE VIRTUAL TABLE bare USING fts5(body, content='')")
    connection.execute("CREATE VIRTUAL TABLE f4 USING fts4(body)")
    for i in range(300):
        text = f"the {i} quick brown foxes jump over {i * i} dogs"
        connection.execute("INSERT INTO f5 VALUES (?, ?)", (str(i), text))
        connection.execute("INSERT INTO outside VALUES (?, ?)", (i, text))
        connection.execute("INSERT INTO apart(rowid, body) VALUES (?, ?)", (i, text))
        connection.execute("INSERT INTO bare(rowid, body) VALUES (?, ?)", (i, text))
        connection.execute("INSERT INTO f4 VALUES (?)", (text,))


@animal
def r_tree(connection):
    connection.execute("CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1, +label)")
    connection.execute("CREATE VIRTUAL TABLE whole USING rtree_i32(id, x0, x1)")
    for i in range(500):
        connection.execute("INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?)", (i, i, i + 1.5, -i, i, f"box {i}"))
        connection.execute("INSERT INTO whole VALUES (?, ?, ?)", (i, -i, i))


@animal
def a_module_that_nobody_knows(connection):
    fill(connection, 100)
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("INSERT INTO sqlite_schema VALUES ('table', 'space', 'space', 0, "
                       "'CREATE VIRTUAL TABLE space USING spaceship(a, b)')")


@animal
def autoincrement(connection):
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v)")
    connection.execute("CREATE TABLE never(id INTEGER PRIMARY KEY AUTOINCREMENT)")
    connection.executemany("INSERT INTO t(v) VALUES (?)", ((i,) for i in range(100)))
    connection.execute("DELETE FROM t WHERE id > 50")
    connection.execute("INSERT INTO t VALUES (9223372036854775806, 'the last but one')")


@animal
def indexes(connection):
    connection.execute("CREATE TABLE t(a, b TEXT, c REAL)")
    connection.execute("CREATE INDEX partial ON t(a) WHERE b IS NOT NULL AND a > 10")
    connection.execute("CREATE UNIQUE INDEX expression ON t(lower(b), a * 2 DESC)")
    connection.execute("CREATE INDEX both ON t(abs(c)) WHERE length(b) > 3")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?)",
                           ((i, None if i % 5 == 0 else f"B{i}", -i / 3) for i in range(1000)))
    connection.execute("ANALYZE")


@animal
def views_and_triggers(connection):
    fill(connection, 100)
    connection.execute("CREATE TABLE log(what, id)")
    connection.execute("CREATE TRIGGER t1 AFTER INSERT ON ordinary BEGIN INSERT INTO log VALUES ('new', new.id); END")
    connection.execute("CREATE TRIGGER t2 BEFORE DELETE ON ordinary WHEN old.id > 5 "
                       "BEGIN SELECT RAISE(ABORT, 'it stays'); END")
    connection.execute("CREATE VIEW v(n, d) AS SELECT name, data FROM ordinary WHERE id % 2")
    connection.execute("CREATE TRIGGER t3 INSTEAD OF INSERT ON v BEGIN INSERT INTO ordinary(name) VALUES (new.n); END")
    connection.execute("CREATE VIEW broken AS SELECT gone FROM nothing_like_this")
    connection.execute("CREATE VIEW odd AS SELECT no_such_function(id) AS x FROM ordinary")
    connection.execute("INSERT INTO v VALUES ('through the view', 1)")


@animal
def foreign_keys(connection):
    """Orphans, a reference to nothing, a cycle, and one whose parent key is not unique."""
    connection.execute("CREATE TABLE parent(id INTEGER PRIMARY KEY, code TEXT, boss REFERENCES parent(id))")
    connection.execute("CREATE TABLE child(id INTEGER PRIMARY KEY, p REFERENCES parent ON DELETE CASCADE)")
    connection.execute("CREATE TABLE lost(p REFERENCES table_that_is_not_there(id))")
    connection.execute("INSERT INTO parent VALUES (1, 'a', 2), (2, 'a', 1)")
    connection.execute("INSERT INTO child VALUES (1, 1), (2, 77), (3, NULL)")
    connection.execute("INSERT INTO lost VALUES (1)")


@animal
def a_foreign_key_that_cannot_be(connection):
    """Nothing enforces it, and foreign_key_check refuses to look at it: applications live with it."""
    connection.execute("CREATE TABLE parent(id INTEGER PRIMARY KEY, code TEXT)")
    connection.execute("CREATE TABLE child(c REFERENCES parent(code))")
    connection.execute("INSERT INTO parent VALUES (1, 'a')")
    connection.execute("INSERT INTO child VALUES ('a')")


@animal
def ten_thousand_tables(connection):
    connection.execute("BEGIN")
    for i in range(10_000):
        connection.execute(f"CREATE TABLE t{i}(a, b)")
        if i % 10 == 0:
            connection.execute(f"INSERT INTO t{i} VALUES ({i}, 'row')")


NAMES = ('double "quotes"', "single 'quotes'", "new\nline", "tab\tand\rreturn", "🦓 zebra", "日本語", "select", "table",
         "order", "with.dot", "with space", " ", "[brackets]", "`ticks`", "semi;colon", "-- comment", "/* c */", "%s%d",
         "comma,name", "back\\slash", "\x1b[31mred", "a" * 300, "rowid", "ÄÖÜ", "0", "null", "../../etc/passwd",
         "\u202eright to left", "\x01\x7f")


@animal
def names(connection):
    for name in NAMES:
        quoted = '"' + name.replace('"', '""') + '"'
        connection.execute(f"CREATE TABLE {quoted}({quoted} INTEGER PRIMARY KEY, {quoted[:-1]} 2\" TEXT)")
        connection.execute(f"INSERT INTO {quoted} VALUES (1, ?)", (name,))
        connection.execute(f"CREATE INDEX {quoted[:-1]} index\" ON {quoted}({quoted[:-1]} 2\")")
        connection.execute(f"CREATE VIEW {quoted[:-1]} view\" AS SELECT * FROM {quoted}")


@animal
def odd_tables(connection):
    """An empty column name, columns that hide the rowid, and a table of 2,000 columns."""
    connection.execute('CREATE TABLE "empty column"("" TEXT, b)')
    connection.execute("INSERT INTO \"empty column\" VALUES ('x', 1)")
    connection.execute("CREATE TABLE hidden(rowid TEXT, _rowid_ TEXT, oid TEXT)")
    connection.executemany("INSERT INTO hidden VALUES (?, ?, ?)", ((f"{i}", "b", "c") for i in range(10)))
    connection.execute(f"CREATE TABLE wide({', '.join(f'c{i}' for i in range(2000))})")
    connection.execute(f"INSERT INTO wide VALUES ({', '.join('?' * 2000)})", tuple(range(2000)))
    connection.execute("CREATE TABLE backwards(id INTEGER PRIMARY KEY DESC, v)")
    connection.execute("INSERT INTO backwards VALUES (7, 'a'), (3, 'b')")


@animal
def invalid_text(connection):
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
    connection.execute("CREATE INDEX i ON t(v)")
    for data in ("ff", "c3", "e282", "f0288cbc", "eda080", "610062", "00", "", "c0af", "f4908080"):
        connection.execute(f"INSERT INTO t(v) VALUES (CAST(x'{data}' AS TEXT))")


@animal
def numbers(connection):
    values = [0, -0.0, 0.0, math.inf, -math.inf, 2**63 - 1, -2**63, 2**53 + 1, float(2**63), 5e-324, 1.7976931348623157e308,
              1e15, 0.1, -1, 127, 128, 2**31, 2**47, "9223372036854775808", "1e999", "007", "", None, b"", b"\0"]
    for kind in ("", "INTEGER", "REAL", "NUMERIC", "TEXT", "BLOB"):
        table = f"of_{kind.lower() or 'none'}"
        connection.execute(f"CREATE TABLE {table}(id INTEGER PRIMARY KEY, v {kind})")
        connection.execute(f"CREATE INDEX {table}_i ON {table}(v)")
        connection.executemany(f"INSERT INTO {table}(v) VALUES (?)", ((value,) for value in values))
    connection.execute("INSERT INTO of_none VALUES (9223372036854775807, 'last'), (-9223372036854775808, 'first')")


@animal
def free_pages(connection):
    """More free pages than one trunk page holds."""
    connection.execute("PRAGMA page_size=512")
    connection.execute("CREATE TABLE t(a)")
    connection.execute("CREATE TABLE gone(a)")
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO gone VALUES (randomblob(400))", ((),) * 3000)
    connection.execute("INSERT INTO t VALUES ('stays')")
    connection.execute("COMMIT")
    connection.execute("DROP TABLE gone")


@animal
def a_collation_of_the_application(connection):
    """Its order is known to the application only."""
    connection.create_collation("backwards", lambda a, b: (a < b) - (a > b))
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT COLLATE backwards)")
    connection.execute("CREATE INDEX i ON t(v)")
    connection.executemany("INSERT INTO t(v) VALUES (?)", ((f"v{i:03}",) for i in range(200)))


@animal
def a_function_of_the_application(connection):
    """An index and a constraint that only the application can compute."""
    connection.create_function("secret", 1, lambda value: value * 3, deterministic=True)
    connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v CHECK (secret(v) > 0))")
    connection.execute("CREATE INDEX i ON t(secret(v))")
    connection.executemany("INSERT INTO t(v) VALUES (?)", ((i + 1,) for i in range(200)))


@animal
def a_name_that_is_no_text(connection):
    fill(connection, 100)
    connection.execute("CREATE TABLE aa(a)")
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_schema SET name = CAST(x'41ff41' AS TEXT), tbl_name = CAST(x'41ff41' AS TEXT), "
                       "sql = CAST(x'435245415445205441424c452041ff412861ff29' AS TEXT) WHERE name = 'aa'")
