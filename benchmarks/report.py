"""What was measured, as text of at most 100 columns, and the machine it was measured on."""
import os
import platform
import statistics
import subprocess

import sqlite_workloads as workloads


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


HEAD = f"{'':<30}{'median':>9}{'min … max':>18}{'ratio':>8}{'CPU':>9}{'memory':>11}{'bytes':>14}"


def row(result, reference):
    least, most = result.spread
    ratio = f"{result.median('seconds') / reference.median('seconds'):.2f}" if reference else "-"
    return (f"  {result.contender.name:<28}{result.median('seconds'):>7.3f} s{f'{least:.3f} … {most:.3f}':>18}{ratio:>8}"
            f"{result.median('cpu'):>7.2f} s{result.peak / workloads.MIB:>7.1f} MiB{bytes_text(result.median('written')):>14}")


REFERENCE = {"snapshot": workloads.FULL, "repeats": workloads.FULL, "restore": workloads.INTO, "verify": workloads.STORED,
             "litestream": workloads.FULL}


def tables(results):
    """`results`: of each contender that ran, by name."""
    lines = [HEAD]
    for workload in workloads.WORKLOADS:
        of_it = [result for result in results.values() if result.contender.workload == workload]
        if of_it:
            reference = results.get(REFERENCE[workload])
            lines += ["", f"{workload} (ratio: to the time of {REFERENCE[workload]})"]
            lines += [row(result, reference) for result in of_it]
    return lines


def targets(results):
    lines = ["", "targets"]
    for target in workloads.TARGETS:
        ours, others = results.get(target.ours), [results[name] for name in target.others if name in results]
        if ours is None or len(others) < len(target.others):
            continue
        ratio = ours.median(target.what) / min(other.median(target.what) for other in others)
        met = "met" if ratio <= target.most else "missed"
        lines.append(f"  {target.workload:<10}{target.words:<48}{ratio:>7.3f}, at most {target.most:.3f}  {met}")
    peaks = [(result.peak, name) for name, result in results.items() if result.contender.ours]
    if peaks:
        peak, name = max(peaks)
        met = "met" if peak < workloads.MOST_MEMORY else "missed"
        lines.append(f"  {'memory':<10}{'largest of ours: ' + name:<48}{peak / workloads.MIB:>7.1f}, less than 96 MiB  {met}")
    return lines if len(lines) > 2 else []


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


def machine(work, binary, source, litestream):
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
        ("sqlite3", first_line("sqlite3", "--version")[:40]),
        ("zstd", first_line("zstd", "--version")),
        ("xxhsum", first_line("xxhsum", "--version")),
        ("litestream", first_line(litestream, "version") if litestream else "not installed"),
    ]
