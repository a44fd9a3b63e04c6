"""A way to a server that breaks: a unix socket which hands everything on, until so many bytes have come from one side."""
import os
import selectors
import shutil
import socket
import tempfile
import threading


class Proxy:
    """`self.folder` is what clients take for the folder of the server's socket. All connections together are counted, and
    once the limit is reached all of them end, and so does whatever comes later: as when a network breaks."""

    def __init__(self, server):
        self.server = os.path.join(server.folder, f".s.PGSQL.{server.port}")
        self.folder = tempfile.mkdtemp(prefix="dbr-px-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.path.join(self.folder, f".s.PGSQL.{server.port}"))
        self.listener.listen(64)
        self.lock = threading.Lock()
        self.forget()
        threading.Thread(target=self.accept_all, daemon=True).start()

    def forget(self):
        """Everything comes through from here on, and is counted from nothing."""
        with self.lock:
            self.count = {"client": 0, "server": 0}
            self.side, self.limit, self.only_first = None, None, False
            self.broken = False

    def break_after(self, side, limit, only_first=False):
        """`side`: whose bytes count. only_first: those who come later get through again."""
        self.forget()
        with self.lock:
            self.side, self.limit, self.only_first = side, limit, only_first

    def close(self):
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def accept_all(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def admitted(self, side, size):
        """How many of these bytes get through."""
        with self.lock:
            if self.side == side:
                size = max(0, min(size, self.limit - self.count[side]))
                self.broken = self.broken or self.count[side] + size >= self.limit
            self.count[side] += size
            return size

    def serve(self, client):
        with client, socket.socket(socket.AF_UNIX) as server, selectors.DefaultSelector() as both:
            try:
                if self.broken and not self.only_first:
                    return
                late = self.broken
                server.connect(self.server)
                both.register(client, selectors.EVENT_READ, ("client", server))
                both.register(server, selectors.EVENT_READ, ("server", client))
                while late or not self.broken:
                    for key, _ in both.select(0.05):
                        side, to = key.data
                        data = key.fileobj.recv(1 << 16)
                        if not data:
                            return
                        to.sendall(data if late else data[:self.admitted(side, len(data))])
                        if self.broken and not late:
                            return
            except OSError:
                pass
