"""The kernels of this room, before they are needed."""


def warm() -> None:
    """Compile this room's kernels, or load them where that was done before."""
    from talkoot.voting.pabulib import mark_kernels, row_kernels

    del mark_kernels, row_kernels
