"""A process that holds a connection open and does what it is told: a statement as a line of JSON, its rows as another."""
import json
import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = {"rows": connection.execute(asked["sql"], asked["arguments"]).fetchall()}
    except sqlite3.Error as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
