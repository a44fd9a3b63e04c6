"""People who order while things go wrong: a thread that posts orders and knows which of them it was told are written."""
import http.client
import json
import threading
import time


class Traffic:
    """`with Traffic(port) as traffic:`. Errors are what people see while an application is away, and are waited out."""

    def __init__(self, port, pause=0.005):
        self.port, self.pause = port, pause
        self.written = []   # notes of orders that were answered with 201
        self.refused = 0
        self.longest = 0.0  # between two orders that were taken
        self.last = time.monotonic()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            note = f"traffic {number}"
            if self.post(note):
                now = time.monotonic()
                self.longest, self.last = max(self.longest, now - self.last), now
                self.written.append(note)
            else:
                self.refused += 1
            time.sleep(self.pause)

    def post(self, note):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/orders", json.dumps({"first": "Tim", "last": "Orr", "note": note}))
            return connection.getresponse().status == 201
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def wait_for(self, more):
        """Until this many more orders were taken."""
        aim, deadline = len(self.written) + more, time.monotonic() + 30
        while len(self.written) < aim:
            if time.monotonic() > deadline:
                raise AssertionError(f"only {len(self.written)} orders were taken, and {self.refused} were not")
            time.sleep(0.01)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(30)
