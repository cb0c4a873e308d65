"""From a closed election's entries to a published result that anyone can recount."""

from talkoot.voting.results.count import Count, counted, finished
from talkoot.voting.results.digest import SALT_BYTES, UNSALTED, set_digest
from talkoot.voting.results.figures import (
    Alternative,
    ChannelTable,
    ChannelVotes,
    Compared,
    PotResult,
    Step,
)
from talkoot.voting.results.files import BALLOTS, RESULT, files_of, head_of, pb_of
from talkoot.voting.results.gather import Gathering, partition_from
from talkoot.voting.results.partition import PartCount, Partition, added, partition_counted
from talkoot.voting.results.publish import partition_read, published, recounted
from talkoot.voting.results.store import (
    PublicFile,
    PublicFileName,
    public_file,
    public_files_of,
    published_at,
    result_of,
)
from talkoot.voting.results.values import Accounting, Fate, ProjectResult, Result
from talkoot.voting.results.warming import warm

__all__ = [
    "BALLOTS",
    "RESULT",
    "SALT_BYTES",
    "UNSALTED",
    "Accounting",
    "Alternative",
    "ChannelTable",
    "ChannelVotes",
    "Compared",
    "Count",
    "Fate",
    "Gathering",
    "PartCount",
    "Partition",
    "PotResult",
    "ProjectResult",
    "PublicFile",
    "PublicFileName",
    "Result",
    "Step",
    "added",
    "counted",
    "files_of",
    "finished",
    "head_of",
    "partition_counted",
    "partition_from",
    "partition_read",
    "pb_of",
    "public_file",
    "public_files_of",
    "published",
    "published_at",
    "recounted",
    "result_of",
    "set_digest",
    "warm",
]
