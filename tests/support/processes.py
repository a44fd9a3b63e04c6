"""Processes of a PostgreSQL server, told from others by their own words: a pid alone may be somebody else's by now."""
import os
import signal
import subprocess
import time


def lines_of(data):
    """postmaster.pid: the pid, the folder, when it started, the port, the socket folder, addresses, the shared memory's
    key and id, and whether it is ready. None where there is no server, or none any more."""
    try:
        with open(os.path.join(data, "postmaster.pid"), encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return None


def of_folder(data):
    """The pid of the postgres that runs on this folder, or None."""
    lines = lines_of(data)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    try:
        return pid if os.readlink(f"/proc/{pid}/cwd") == os.path.realpath(data) else None
    except OSError:
        return None


def stat_of(pid):
    """The fields of /proc/PID/stat after the name, which may hold blanks: the state first, then the parent."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def alive(pid):
    fields = stat_of(pid)
    return fields is not None and fields[0] != "Z"


def send(pid, signal_number):
    try:
        os.kill(pid, signal_number)
    except ProcessLookupError:
        pass


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        fields = stat_of(name) if name.isdigit() else None
        if fields and fields[1] == str(pid):
            found.append(int(name))
    return found


def kill_family(pid):
    """SIGKILL for a server and all its processes, as if the machine had died: none of them can clean up or start another,
    since the first of them is stopped before the others are counted. Returns once they are gone."""
    if not alive(pid):
        return
    send(pid, signal.SIGSTOP)
    family = [*children(pid), pid]
    for one in family:
        send(one, signal.SIGKILL)
    while any(alive(one) for one in family):
        time.sleep(0.005)


def forget_shared_memory(data):
    """Removes the one piece of shared memory that a killed server leaves to the machine: a start would have found it."""
    lines = lines_of(data)
    if lines and len(lines) > 6 and len(lines[6].split()) == 2:
        subprocess.run(["ipcrm", "--shmem-id", lines[6].split()[1]], check=False, capture_output=True)
