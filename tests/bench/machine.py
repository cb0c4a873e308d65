"""The machine's name in a report: processor, cores, memory, Python. No host and no path."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

GIB = 1024**3


def machine() -> str:
    """For instance ``AMD EPYC, 2 cores, 23 GiB, Linux x86_64, CPython 3.11.7``."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    parts = (
        processor(Path("/proc/cpuinfo")),
        f"{os.cpu_count()} cores",
        f"{memory / GIB:.0f} GiB",
        f"{platform.system()} {platform.machine()}",
        f"{platform.python_implementation()} {platform.python_version()}",
    )
    return ", ".join(parts)


def processor(cpuinfo: Path) -> str:
    """The processor's model as the kernel tells it, or what Python knows where it does not."""
    if cpuinfo.is_file():
        for line in cpuinfo.read_text("utf-8", "replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or "unknown processor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Seconds since some moment: by the wall, of all processors together, of these processes."""

    wall_s: float
    all_s: float
    own_s: float

    def others(self, later: "Usage") -> float:
        """How many processors other work took between this moment and a later one, on average."""
        own = later.own_s - self.own_s
        wall = later.wall_s - self.wall_s
        return max(later.all_s - self.all_s - own, 0.0) / wall if wall else 0.0


def usage() -> Usage:
    """What has been used so far, by this process and by those it has waited for, and by all."""
    fields = Path("/proc/stat").read_text("ascii").splitlines()[0].split()[1:]
    user, nice, system, _idle, _waiting, *rest = (int(one) for one in fields)
    busy = user + nice + system + sum(rest[:3])  # what a host takes away counts as others' work
    times = os.times()
    own = times.user + times.system + times.children_user + times.children_system
    return Usage(wall_s=times.elapsed, all_s=busy / os.sysconf("SC_CLK_TCK"), own_s=own)
