"""``talkoot warm``: compile the counting kernels before anybody waits for a count."""

import click
from rich.console import Console
from rich.progress import track

from talkoot.voting import allocation, dedup, log, pabulib, results, tally

ROOMS = (log, dedup, tally, allocation, results, pabulib)


@click.command()
def warm() -> None:
    """Compile the counting kernels, once for each new version.

    They are kept beside the programme, or in the user's cache where its folder cannot be written.
    Whatever is not compiled yet is compiled by the first count, which then takes longer.
    """
    for room in track(ROOMS, "Compiling the kernels", console=Console(stderr=True), transient=True):
        room.warm()
    click.echo("The counting kernels are compiled.")
