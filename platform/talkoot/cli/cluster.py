"""``talkoot cluster certificates``: what the machines of a counting cluster know each other by."""

from datetime import timedelta
from pathlib import Path

import click

from talkoot.base.clock import system_clock
from talkoot.voting.cluster import certificates


@click.group()
def cluster() -> None:
    """Machines that count together."""


@cluster.command("certificates")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--node", "nodes", multiple=True, default=["node"], help="A node's name; repeatable.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True)
def make_certificates(folder: Path, nodes: tuple[str, ...], days: int) -> None:
    """Make an authority in FOLDER, where there is none, and a certificate for each node.

    Whoever holds one of these keys can hand work to every machine of the cluster.
    """
    for node in nodes:
        made = certificates(folder, node, at=system_clock(), valid=timedelta(days=days))
        click.echo(f"{made.certificate} and {made.key}, valid for {days} days")
    click.echo(f"{folder / 'ca-key.pem'} stays here; nodes need ca.pem and their own two files")
