"""The application of these tests: a small HTTP server that takes orders, in releases that each need a schema of their own.

`app_server.py FOLDER` serves what FOLDER/current/release.json says, on the port and the database of FOLDER/app.json:

  GET  /api/health   200, or 503 where it cannot work with its database: it asks for the columns that its release needs
  GET  /version      the release that answers
  POST /orders       writes a person and an order: {"first": "Ann", "last": "Lee", "note": "…"}

Each start is a line of FOLDER/starts.log, with the columns that it finds: a release must never be started against a schema
that is not its own. A release may be broken: "unready" works, but says that it does not; "dies" ends at once.
It ends when its folder is gone, or the process of the test, so that nothing of it survives that."""
import http.server
import json
import os
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import pq  # noqa: E402

COLUMNS = {1: ["name"], 2: ["first_name", "last_name"]}


class Sqlite:
    failed = sqlite3.Error
    columns_of = "SELECT name FROM pragma_table_info('people') ORDER BY cid"
    new_id = ""

    def __init__(self, url):
        # Not made where it is missing: an empty file would look like a database to whoever comes next.
        self.connection = sqlite3.connect(f"file:{url}?mode=rw", uri=True, timeout=5, isolation_level=None)

    def run(self, sql, *values):
        return self.connection.execute(sql.replace("$", "?"), values).fetchall()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


class Postgres(pq.Connection):
    failed = pq.Error
    columns_of = ("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND "
                  "table_name = 'people' ORDER BY ordinal_position")


class Application:
    def __init__(self, folder):
        self.folder = folder
        settings = read(os.path.join(folder, "app.json"))
        self.release = read(os.path.join(folder, "current", "release.json"))
        self.port = settings["port"]
        self.url = settings["url"]
        self.engine = Postgres if settings["engine"] == "postgres" else Sqlite
        self.columns = COLUMNS[self.release["schema"]]

    def connect(self):
        return self.engine(self.url)

    def log_start(self):
        with self.connect() as database:
            found = [column for column, in database.run(self.engine.columns_of)]
        entry = {"at": time.time(), "version": self.release["version"], "schema": self.release["schema"], "columns": found}
        with open(os.path.join(self.folder, "starts.log"), "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def health(self):
        try:
            with self.connect() as database:
                database.run(f"SELECT {', '.join(self.columns)} FROM people LIMIT 1")
        except self.engine.failed as error:
            return 503, {"status": "down", "database": {"ok": False, "said": str(error)}}
        if self.release.get("broken") == "unready":
            return 503, {"status": "down", "database": {"ok": True}}
        return 200, {"status": "ok", "version": self.release["version"], "database": {"ok": True}}

    def order(self, asked):
        names = [asked["first"] + " " + asked["last"]] if self.columns == ["name"] else [asked["first"], asked["last"]]
        places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
        try:
            with self.connect() as database:
                database.run("BEGIN" if self.engine is Postgres else "BEGIN IMMEDIATE")
                ((person,),) = database.run(f"INSERT INTO people ({', '.join(self.columns)}) VALUES ({places}) RETURNING id",
                                            *names)
                database.run("INSERT INTO orders (person, note) VALUES ($1, $2)", person, asked["note"])
                database.run("COMMIT")
        except self.engine.failed as error:
            return 503, {"error": str(error)}
        return 201, {"person": int(person)}


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def handler(application):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, document):
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            if self.path.split("?")[0] == "/api/health":
                self.answer(*application.health())
            elif self.path == "/version":
                self.answer(200, {"version": application.release["version"]})
            else:
                self.answer(404, {"error": "not found"})

        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer(*(application.order(asked) if self.path == "/orders" else (404, {"error": "not found"})))

        def log_message(self, *_):
            pass

    return Handler


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def leave_with(folder):
    test = read(os.path.join(folder, "app.json"))["test"]
    while os.path.isdir(folder) and os.path.isdir(f"/proc/{test}"):
        time.sleep(0.2)
    os._exit(0)


def main(folder):
    threading.Thread(target=leave_with, args=(folder,), daemon=True).start()
    application = Application(folder)
    application.log_start()
    if application.release.get("broken") == "dies":
        sys.exit("the application cannot start: ZeroDivisionError")
    Server(("127.0.0.1", application.port), handler(application)).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
