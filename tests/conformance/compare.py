"""Whether two database files are the same: page by page, and value by value."""
import itertools
import os
import shutil
import sqlite3
import struct

# Journal mode, change counter, schema cookie, version-valid-for: SQLite changes these by its own hand.
OWN = ((18, 20), (24, 28), (40, 44), (92, 100))
FACTS = ("page_size", "page_count", "encoding", "auto_vacuum", "freelist_count", "user_version", "application_id")


def without_own(page):
    page = bytearray(page)
    for first, end in OWN:
        page[first:end] = bytes(end - first)
    return bytes(page)


def different_page(a, b):
    """What differs between two files without a -wal, bytes that SQLite changes by itself aside; None: nothing."""
    if os.path.getsize(a) != os.path.getsize(b):
        return f"{os.path.getsize(a)} and {os.path.getsize(b)} bytes"
    with open(a, "rb") as left, open(b, "rb") as right:
        first = left.read(512)
        if first and without_own(first) != without_own(right.read(512)):
            return "the beginning of page 1"
        right.seek(len(first))
        while block := left.read(1 << 20):
            if block != right.read(len(block)):
                return f"somewhere in the {len(block)} bytes before {left.tell()}"
    return None


def settled(file, folder):
    """A copy of a database that nobody writes to, with everything of its -wal in the main file."""
    copy = os.path.join(folder, "settled-" + os.path.basename(file))
    shutil.copyfile(file, copy)
    if os.path.exists(file + "-wal"):
        shutil.copyfile(file + "-wal", copy + "-wal")
        connection = sqlite3.connect(copy)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    return copy


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def open_raw(file):
    connection = sqlite3.connect(file, timeout=30)
    connection.text_factory = bytes  # invalid UTF-8 too
    return connection


def tables(connection):
    """Names of all tables that hold rows of their own, and whether each has a rowid."""
    found = connection.execute("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' ORDER BY name")
    return [(name.decode(), not without) for name, kind, without in found
            if kind in (b"table", b"shadow") and name not in (b"sqlite_schema", b"sqlite_temp_schema")]


def rows(connection, table, has_rowid):
    """Every value of a table with its type, in an order that both sides share."""
    columns = [name.decode() for (name,) in
               connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid", (table,))]
    with_rowid = has_rowid and "rowid" not in (name.lower() for name in columns)
    for first in range(0, len(columns), 500):  # a row of the widest table, with the types, is wider than SQLite allows
        names = [quoted(name) for name in columns[first:first + 500]]
        asked = ["rowid"] * with_rowid + [f"typeof({name})" for name in names] + names
        order = " ORDER BY rowid" if with_rowid else ""
        for row in connection.execute(f"SELECT {', '.join(asked)} FROM {quoted(table)} NOT INDEXED{order}"):
            yield tuple(struct.pack("<d", value) if isinstance(value, float) else value for value in row)


def different_content(a, b):
    """What differs between two databases as SQL sees them; None: nothing."""
    left, right = open_raw(a), open_raw(b)
    try:
        for fact in FACTS:
            if left.execute(f"PRAGMA {fact}").fetchone() != right.execute(f"PRAGMA {fact}").fetchone():
                return fact
        objects = "SELECT rowid, * FROM sqlite_schema"
        if left.execute(objects).fetchall() != right.execute(objects).fetchall():
            return "schema"
        if tables(left) != tables(right):
            return "tables"
        for table, has_rowid in tables(left):
            pairs = itertools.zip_longest(rows(left, table, has_rowid), rows(right, table, has_rowid))
            for row_a, row_b in pairs:
                if row_a != row_b:
                    return f"table {table}: {str(row_a)[:200]} and {str(row_b)[:200]}"
        return None
    finally:
        left.close()
        right.close()


def integrity(file):
    connection = open_raw(file)
    found = [line for (line,) in connection.execute("PRAGMA integrity_check")]
    connection.close()
    return found
