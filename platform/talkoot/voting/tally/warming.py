"""The kernels of this room, before they are needed."""


def warm() -> None:
    """Compile this room's kernels, or load them where that was done before."""
    from talkoot.voting.tally import kernels, opened_kernels, order_kernels

    del kernels, opened_kernels, order_kernels
