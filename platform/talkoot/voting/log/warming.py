"""The kernels of this room, before they are needed."""


def warm() -> None:
    """Compile this room's kernels, or load them where that was done before."""
    from talkoot.voting.log import entry_kernels

    del entry_kernels
