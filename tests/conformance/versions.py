"""An application's database in two versions, so that a reader can tell which one it sees, and whether it is whole."""
import sqlite3

ROWS = 3000


def make(file, journal_mode="delete", page_size=4096, encoding="UTF-8", rows=ROWS):
    """Version 1."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute(f"PRAGMA page_size={page_size}")
    connection.execute(f"PRAGMA encoding='{encoding}'")
    connection.execute(f"PRAGMA journal_mode={journal_mode}")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE a(id INTEGER PRIMARY KEY, version, filler)")
    connection.execute("CREATE TABLE b(id INTEGER PRIMARY KEY, version TEXT)")
    connection.execute("CREATE INDEX b_by_version ON b(version)")
    connection.executemany("INSERT INTO a VALUES (?, 1, randomblob(2000))", ((i,) for i in range(rows)))
    connection.executemany("INSERT INTO b VALUES (?, 'é1')", ((i,) for i in range(rows)))
    connection.execute("CREATE TABLE line(writer, number, PRIMARY KEY(writer, number))")
    connection.execute("COMMIT")
    connection.close()
    return file


def migrate(file):
    """Version 2: other values, fewer rows, another schema."""
    connection = sqlite3.connect(file, timeout=60, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE a SET version = 2, filler = randomblob(1000)")
    connection.execute("DELETE FROM a WHERE id % 3 = 0")
    connection.execute("UPDATE b SET version = 'é2'")
    connection.execute("ALTER TABLE b ADD COLUMN added DEFAULT 'new'")
    connection.execute("CREATE TABLE c(x)")
    connection.execute("COMMIT")
    connection.close()


def state(connection):
    """Everything that tells the versions apart, as values."""
    row = connection.execute("SELECT min(version), max(version), count(*) FROM a").fetchone()
    row += connection.execute("SELECT min(version), max(version), count(*) FROM b").fetchone()
    row += connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'c'").fetchone()
    return row


OLD = (2, 2, ROWS - ROWS // 3, "é2", "é2", ROWS, 1)  # what a restore replaces
NEW = (1, 1, ROWS, "é1", "é1", ROWS, 0)  # what it puts back


def state_of(file):
    connection = sqlite3.connect(file, timeout=30)
    try:
        return state(connection)
    finally:
        connection.close()
