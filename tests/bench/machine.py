"""The machine's name in a report: processor, cores, memory, Python. No host and no path."""

import os
import platform
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


def load() -> float:
    """How many processes wanted the processor in the last minute, on average."""
    return os.getloadavg()[0]
