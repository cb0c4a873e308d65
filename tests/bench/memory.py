"""Resident memory by the kernel's own figures of this process. Linux only."""

import ctypes
import gc
import re
from pathlib import Path

KIB = 1024


def resident(word: str) -> int:
    """Bytes by a word of /proc/self/status, such as VmRSS (now) or VmHWM (the highest so far)."""
    found = re.search(rf"^{word}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"this kernel does not tell {word}")
    return int(found[1]) * KIB


def forget_highest() -> None:
    """Let VmHWM begin anew, and give back what was freed, so that it is not used again unseen."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", "ascii")
