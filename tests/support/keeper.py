"""Outlives a test that was killed: removes the server that it left. `keeper.py FOLDER`, and standard input from the test.

The test holds the other end of the pipe, and whatever ends the test closes it. postgres has had its signal from the
kernel by then (pdeathsig, see postmaster.py); this one waits until it is gone, since only then the folder can go."""
import os
import shutil
import signal
import sys
import time

import processes


def main(folder):
    sys.stdin.buffer.read()
    data = os.path.join(folder, "data")
    pid = processes.of_folder(data)
    if pid:
        processes.send(pid, signal.SIGQUIT)
        give_up = time.monotonic() + 20
        while processes.alive(pid) and time.monotonic() < give_up:
            time.sleep(0.02)
        processes.kill_family(pid)
    processes.forget_shared_memory(data)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
