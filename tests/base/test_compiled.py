"""What a kernel promises its callers, whatever it computes."""

import numpy as np
import numpy.typing as npt
import pytest

from talkoot.base.compiled import kernel


@kernel("i8(const(u1[::1]), i8[::1])")
def _total(some: npt.NDArray[np.uint8], out: npt.NDArray[np.int64]) -> int:
    for one in some:
        out[0] += one
    return len(some)


def test_an_array_that_is_only_read_may_be_one_that_cannot_be_written() -> None:
    out = np.zeros(1, np.int64)
    kept = np.frombuffer(bytes([1, 2, 3]), np.uint8)
    assert not kept.flags.writeable
    assert _total(kept, out) == 3
    assert _total(kept.copy(), out) == 3
    assert out.tolist() == [12]


def test_a_kernel_refuses_an_array_of_another_type() -> None:
    with pytest.raises(TypeError, match="No matching definition"):
        _total(np.zeros(3, np.uint16), np.zeros(1, np.int64))
    with pytest.raises(TypeError, match="No matching definition"):
        _total(np.zeros(6, np.uint8)[::2], np.zeros(1, np.int64))
