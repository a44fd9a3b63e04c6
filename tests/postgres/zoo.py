"""A PostgreSQL database of every kind of object: zoo/*.sql, one file a subject, loaded in their order.

`zoo.prepare(server)` makes what belongs to the server: roles and a tablespace; a server that the zoo is restored into needs
them too. `zoo.load(server, database)` loads the zoo. Servers from 12 on have it, each what it knows; one that was made with
extensions=zoo.EXTENSIONS has configuration tables as well. census.py counts what is there. A security label is not: it needs
a provider. The database's own settings (90_database.sql) are such that a session which relies on defaults reads nonsense:
so does server.query, of times and bytes.
"""
import glob
import os

from support import postgres

HERE = os.path.dirname(os.path.realpath(__file__))
EXTENSIONS = os.path.join(HERE, "extension")
SUBSCRIPTION = "far_away"      # nobody can drop the database while it is there
INVALID_INDEX = "cannot_be"    # what a failed CREATE INDEX CONCURRENTLY leaves; pg_dump does not know it
ROLES = {"zoo_owner": "LOGIN CREATEDB", "zoo_reader": "LOGIN", "zoo_writer": "LOGIN", 'Zoo "Quoted" Rôle': "NOLOGIN",
         "zoo_super": "NOLOGIN SUPERUSER"}
SECRETS = ("zoo-mapping-secret", "zoo-loop-secret", "zoo-subscription-secret")


def prepare(server):
    for name, options in ROLES.items():
        server.role(name, options)
    server.tablespace("zoo_space")


def load(server, database):
    """Loads the zoo into an empty database, and returns the database's name."""
    prepare(server)
    files = sorted(glob.glob(os.path.join(HERE, "zoo", "*.sql")))
    server.psql(database, "", *[word for file in files for word in ("-f", file)])
    server.psql(database, f"CREATE UNIQUE INDEX CONCURRENTLY {INVALID_INDEX} ON indexes.duplicates (a)", check=False)
    return database


def load_latin1(server):
    """A new database in LATIN1; its name."""
    database = server.fresh("latin1", template="template0", encoding="LATIN1", lc_collate="C", lc_ctype="C")
    server.psql(database, "", "-f", os.path.join(HERE, "latin1.sql"))
    return database


def load_sql_ascii(server):
    """A new database in SQL_ASCII, with texts that are valid in no encoding; its name."""
    database = server.fresh("ascii", template="template0", encoding="SQL_ASCII", lc_collate="C", lc_ctype="C")
    server.psql(database, "", "-f", os.path.join(HERE, "sql_ascii.sql"))
    return database


def add_large_objects(server, database, count=5000):
    server.psql(database, f"SELECT lo_from_bytea(5000000 + i, convert_to(repeat('object ' || i, i % 500), 'UTF8')) "
                          f"FROM generate_series(1, {count}) AS i \\g /dev/null")


def add_tables(server, database, count=5000):
    """Small tables, a few rows in each tenth of them. A transaction for each thousand: each table takes a lock."""
    for first in range(0, count, 1000):
        server.psql(database, f"""DO $$ BEGIN FOR i IN {first}..{min(first + 1000, count) - 1} LOOP
            EXECUTE format('CREATE TABLE public.t%s (id int PRIMARY KEY, v text)', i);
            IF i % 10 = 0 THEN EXECUTE format('INSERT INTO public.t%s VALUES (1, ''row''), (2, NULL)', i); END IF;
            END LOOP; END $$""")


def add_large_value(server, database, megabytes=200):
    """One row with a text of this size, and no bytea: a row of both could not be copied out."""
    server.psql(database, "INSERT INTO \"values\".large_value(id, v) SELECT (SELECT coalesce(max(id), 0) + 1 "
                          f"FROM \"values\".large_value), "
                          f"repeat(string_agg(chr((33 + i * 7919 % 90)::int), ''), {megabytes}) "
                          "FROM generate_series(1::bigint, 1 << 20) AS i")


def load_beyond_pg_dump(server):
    """A new database that pg_dump and pg_restore do not bring back as it was; its name."""
    database = server.fresh("beyond")
    server.psql(database, "", "-f", os.path.join(HERE, "beyond_pg_dump.sql"))
    return database
