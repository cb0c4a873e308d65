"""The kernels of this room, before they are needed."""


def warm() -> None:
    """Compile this room's kernels, or load them where that was done before."""
    from talkoot.voting.allocation import adding, loading, replaying

    del adding, loading, replaying
