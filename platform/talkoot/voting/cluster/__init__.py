"""A count in parts, by voter key: on one machine, or on many by Dask; and the shards they read.

Nothing that serves pages may import this room. Dask is imported where it is used.
"""

from talkoot.voting.cluster.certificates import TlsFiles, certificates
from talkoot.voting.cluster.export import exported, list_kept, parts_for
from talkoot.voting.cluster.here import counted_here
from talkoot.voting.cluster.manifest import (
    CONFIDENTIAL,
    MANIFEST,
    BadShard,
    Manifest,
    Shard,
    manifest_of,
)
from talkoot.voting.cluster.on_dask import Scheduler, counted_by, workers_here, workers_of
from talkoot.voting.cluster.shard import shard_read, shard_written
from talkoot.voting.cluster.shard_columns import Place
from talkoot.voting.cluster.work import (
    FromLog,
    FromShard,
    Job,
    log_jobs,
    part_counted,
    shard_jobs,
)

__all__ = [
    "CONFIDENTIAL",
    "MANIFEST",
    "BadShard",
    "FromLog",
    "FromShard",
    "Job",
    "Manifest",
    "Place",
    "Scheduler",
    "Shard",
    "TlsFiles",
    "certificates",
    "counted_by",
    "counted_here",
    "exported",
    "list_kept",
    "log_jobs",
    "manifest_of",
    "part_counted",
    "parts_for",
    "shard_jobs",
    "shard_read",
    "shard_written",
    "workers_here",
    "workers_of",
]
