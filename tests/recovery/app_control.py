"""The commands by which the application of these tests is switched: `app_control.py FOLDER start|stop|switch V|version`.

Releases are folders below FOLDER/releases, and FOLDER/current is a link to the one that runs, as systemd units and many
deploy scripts have it."""
import json
import os
import signal
import subprocess
import sys
import time


class Control:
    def __init__(self, folder):
        self.folder = folder
        self.pid_file = os.path.join(folder, "server.pid")
        self.current = os.path.join(folder, "current")

    def start(self):
        if self.pid():
            return
        program = os.path.join(os.path.dirname(os.path.realpath(__file__)), "app_server.py")
        with open(os.path.join(self.folder, "server.log"), "ab") as log:
            process = subprocess.Popen([sys.executable, "-ESB", program, self.folder], start_new_session=True,
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        with open(self.pid_file, "w", encoding="ascii") as file:
            file.write(str(process.pid))
        for _ in range(200):
            if process.poll() is not None:
                sys.exit(f"the server ended at once, with exit status {process.poll()}: see server.log")
            if self.answers():
                break
            time.sleep(0.02)
        print("started")

    def answers(self):
        import http.client  # takes longer than the other commands take
        with open(os.path.join(self.folder, "app.json"), encoding="utf-8") as file:
            port = json.load(file)["port"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/version")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self):
        pid = self.pid()
        if pid:
            os.kill(pid, signal.SIGTERM)
            while self.pid():
                time.sleep(0.01)
        if os.path.exists(self.pid_file):
            os.remove(self.pid_file)
        print("stopped")

    def switch(self, version):
        if not os.path.isdir(os.path.join(self.folder, "releases", version)):
            sys.exit(f"there is no release {version}")
        beside = self.current + ".new"
        if os.path.lexists(beside):
            os.remove(beside)
        os.symlink(os.path.join("releases", version), beside)
        os.replace(beside, self.current)

    def version(self):
        if os.path.lexists(self.current):
            print(os.path.basename(os.readlink(self.current)))

    def pid(self):
        """Of the server that runs; a pid that somebody else has by now is none."""
        try:
            with open(self.pid_file, encoding="ascii") as file:
                pid = int(file.read())
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return pid if b"app_server.py" in file.read() else None
        except (OSError, ValueError):
            return None


if __name__ == "__main__":
    getattr(Control(os.path.realpath(sys.argv[1])), sys.argv[2])(*sys.argv[3:])
