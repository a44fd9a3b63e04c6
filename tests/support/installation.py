"""An installation of PostgreSQL with extensions of our own, which a test cannot put where Debian has them.

postgres looks for its files beside its own program, as far from it as they were when it was built. So a copy of that one
program, with links to everything else around it, is an installation that can have more in it."""
import os
import shutil
import subprocess


def shared_files(folder):
    """Where the programs of this folder have what they share: pg_config says so, and builds without it have it beside."""
    config = os.path.join(folder, "pg_config")
    if os.path.exists(config):
        return subprocess.run([config, "--sharedir"], check=True, capture_output=True, text=True).stdout.strip()
    return os.path.join(os.path.dirname(folder), "share", "postgresql")


def link_all(source, target):
    """Everything of one folder in another, but for what is there already."""
    os.makedirs(target, exist_ok=True)
    for name in os.listdir(source):
        if not os.path.exists(os.path.join(target, name)):
            os.symlink(os.path.join(source, name), os.path.join(target, name))


def with_extensions(programs, extensions, place):
    """Makes the installation in `place`; the folder of its programs."""
    programs = os.path.realpath(programs)
    shared = os.path.realpath(shared_files(programs))
    root = os.path.commonpath([programs, shared])
    ours, our_shared = (os.path.join(place, os.path.relpath(folder, root)) for folder in (programs, shared))
    os.makedirs(ours)
    shutil.copy2(os.path.join(programs, "postgres"), ours)
    link_all(programs, ours)
    shutil.copytree(extensions, os.path.join(our_shared, "extension"))
    link_all(os.path.join(shared, "extension"), os.path.join(our_shared, "extension"))
    link_all(shared, our_shared)
    link_all(os.path.dirname(programs), os.path.dirname(ours))
    return ours
