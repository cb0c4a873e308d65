"""Pieces of one width out of a run of bytes, each copied whole. NumPy."""

import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]


def taken(raw: U8, at: I64, width: int) -> U8:
    """The ``width`` bytes from each place on: uint8 (n, width) for ``at``, int64 (n,).

    NumPy copies each piece as one value, and not byte after byte, which takes ten times as long.
    Raises ``IndexError`` for a piece that ends beyond ``raw``, uint8 (bytes,) in one run.
    """
    pieces = max(len(raw) - width + 1, 0)
    every = np.ndarray((pieces,), dtype=f"V{width}", buffer=raw, strides=(1,))
    return every[at].view(np.uint8).reshape(len(at), width)
