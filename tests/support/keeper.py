"""Outlives a test that was killed: removes the server that it left. `keeper.py FOLDER`, and standard input from the test.

The test holds the other end of the pipe, and whatever ends the test closes it. postgres has had its signal from the
kernel by then (pdeathsig, see postmaster.py); this one waits until it is gone, since only then the folder can go."""
import os
import shutil
import signal
import sys
import time

import processes


PATIENCE = 20    # seconds


def main(folder):
    sys.stdin.buffer.read()
    give_up = time.monotonic() + PATIENCE
    end(os.path.join(folder, "data"), give_up)
    # initdb, or a server that had just begun, may still be writing.
    while os.path.exists(folder) and time.monotonic() < give_up + PATIENCE:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.1)


def end(data, give_up):
    pid = processes.of_folder(data)
    if pid:
        processes.send(pid, signal.SIGQUIT)
        while processes.alive(pid) and time.monotonic() < give_up:
            time.sleep(0.02)
        processes.kill_family(pid)
    processes.forget_shared_memory(data)


if __name__ == "__main__":
    main(sys.argv[1])
