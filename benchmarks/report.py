"""What was measured, as text of at most 100 columns, and the machine it was measured on."""
import os
import platform
import statistics
import subprocess

from contenders import MIB


class Result:
    """All rounds of one contender."""

    def __init__(self, contender, samples):
        self.contender, self.samples = contender, samples

    def median(self, what):
        return statistics.median(getattr(sample, what) for sample in self.samples)

    @property
    def spread(self):
        return min(sample.seconds for sample in self.samples), max(sample.seconds for sample in self.samples)

    @property
    def peak(self):
        return max(sample.peak for sample in self.samples)


def bytes_text(count):
    return f"{count / 1e6:,.1f} MB" if count >= 1e5 else f"{count / 1e3:,.1f} kB" if count else "-"


def spread_text(result):
    least, most = result.spread
    return f"{least:.3f} … {most:.3f}"


# Of each column: its head, its width, and what of a result stands in it.
MEDIAN = ("median", 9, lambda result: f"{result.median('seconds'):.3f} s")
CPU = ("CPU", 9, lambda result: f"{result.median('cpu'):.2f} s")
MEMORY = ("memory", 11, lambda result: f"{result.peak / MIB:.1f} MiB")
WRITTEN = ("bytes", 14, lambda result: bytes_text(result.median("written")))
SERVER = ("server", 9, lambda result: f"{result.median('server'):.2f} s")


def columns(reference, with_server):
    """The first one is the contender's name. With a server there is one more, and the others are narrower."""
    ratio = lambda result: f"{result.median('seconds') / reference.median('seconds'):.2f}" if reference else "-"
    if not with_server:
        return [("", 30, name_of), MEDIAN, ("min … max", 18, spread_text), ("ratio", 8, ratio), CPU, MEMORY, WRITTEN]
    return [("", 28, name_of), MEDIAN, ("min … max", 17, spread_text), ("ratio", 7, ratio), CPU, SERVER, MEMORY,
            (WRITTEN[0], 10, WRITTEN[2])]


def name_of(result):
    return result.contender.label or result.contender.name


def line(cells, of_columns):
    (_, first, _), *others = of_columns
    return f"{'  ' + cells[0]:<{first}}" + "".join(f"{cell:>{width}}" for cell, (_, width, _) in zip(cells[1:], others))


def tables(results, workloads, with_server):
    """`results`: of each contender that ran, by name. `workloads`: each with whom the others are compared."""
    heads = columns(None, with_server)
    lines = [line([head for head, _, _ in heads], heads)]
    for workload, compared in workloads.items():
        of_it = [result for result in results.values() if result.contender.workload == workload]
        if of_it:
            reference = results.get(compared)
            of_columns = columns(reference, with_server)
            lines += ["", f"{workload} (ratio: to the time of {name_of(reference) if reference else compared})"]
            lines += [line([text(result) for _, _, text in of_columns], of_columns) for result in of_it]
    return lines


def targets(results, wanted, most_memory):
    lines = []
    first = max(10, *(len(target.workload) + 2 for target in wanted))
    second = min(48, 62 - first)

    def add(what, words, figure, unit, met):
        lines.append(f"  {what:<{first}}{words:<{second}}{figure}{unit}  {'met' if met else 'missed'}")
    for target in wanted:
        ours, others = results.get(target.ours), [results[name] for name in target.others if name in results]
        if ours is None or len(others) < len(target.others):
            continue
        ratio = ours.median(target.what) / min(other.median(target.what) for other in others)
        add(target.workload, target.words, f"{ratio:>7.3f}", f", at most {target.most:.3f}", ratio <= target.most)
    all_of_ours = [result for result in results.values() if result.contender.ours]
    largest = max(all_of_ours, key=lambda result: result.peak, default=None)
    if largest:
        add("memory", f"largest of ours: {name_of(largest)}", f"{largest.peak / MIB:>7.1f}",
            f", less than {most_memory // MIB} MiB", largest.peak < most_memory)
    return ["", "targets", *lines] if lines else []


def first_line(*words):
    try:
        done = subprocess.run(words, check=False, capture_output=True, text=True)
    except OSError:
        return "not installed"
    return ((done.stdout or done.stderr).strip().splitlines() or ["?"])[0].strip("* ")


def field_of(file, key):
    try:
        with open(file, encoding="utf-8") as lines:
            return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "?")
    except OSError:
        return "?"


def machine(work, binary, source):
    """Pairs of what and which."""
    disk = first_line("findmnt", "-no", "FSTYPE,SOURCE", "--target", work)
    commit = first_line("git", "-C", source, "describe", "--always", "--dirty", "--abbrev=12")
    return [
        ("processor", f"{field_of('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores"),
        ("memory", f"{int(field_of('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.1f} GiB"),
        ("kernel", f"{platform.system()} {platform.release()}"),
        ("file system", disk),
        ("load before", f"{os.getloadavg()[0]:.2f}"),
        ("dbrollback", f"{first_line(binary, '--version')}, commit {commit}"),
    ]
