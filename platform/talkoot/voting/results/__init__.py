"""From a closed election's entries to a published result that anyone can recount."""

from talkoot.voting.results.areas import AreaVoters, area_table
from talkoot.voting.results.ballot_files import BALLOTS_CSV, BALLOTS_JSON
from talkoot.voting.results.box import BadBox, Box, BoxHead, Device, box_exported, box_read
from talkoot.voting.results.ceremony import (
    TABLES,
    TRANSCRIPT,
    BoxAccounting,
    Tables,
    Tallied,
    Transcript,
    tallied,
    tally_kept,
    tree_root,
)
from talkoot.voting.results.count import Count, counted, finished
from talkoot.voting.results.digest import SALT_BYTES, UNSALTED, set_digest
from talkoot.voting.results.figures import (
    Alternative,
    AreaTable,
    AreaTurnout,
    ChannelTable,
    ChannelVotes,
    Compared,
    PotResult,
    Step,
)
from talkoot.voting.results.files import BALLOTS, RESULT, files_of, head_of, pb_of
from talkoot.voting.results.gather import Gathering, partition_from
from talkoot.voting.results.partition import PartCount, Partition, added, partition_counted
from talkoot.voting.results.public_folder import public_folder
from talkoot.voting.results.publish import partition_read, published, recounted
from talkoot.voting.results.sealed import (
    Open,
    SealedCount,
    SealedEntries,
    SealedGathering,
    Shuffle,
    Spoiled,
    open_with,
    sealed_counted,
    sealed_length,
)
from talkoot.voting.results.store import (
    PublicFile,
    PublicFileName,
    public_file,
    public_files_of,
    published_at,
    result_of,
)
from talkoot.voting.results.turnout import (
    TURNOUT_AGE,
    Snapshot,
    Turnout,
    turnout_shown,
    turnout_taken,
    turnouts_taken,
)
from talkoot.voting.results.unique import MUCH, said_of_unique, share_of, unique_ballots
from talkoot.voting.results.values import Accounting, Fate, ProjectResult, Result
from talkoot.voting.results.warming import warm

__all__ = [
    "BALLOTS",
    "BALLOTS_CSV",
    "BALLOTS_JSON",
    "MUCH",
    "RESULT",
    "SALT_BYTES",
    "TABLES",
    "TRANSCRIPT",
    "TURNOUT_AGE",
    "UNSALTED",
    "Accounting",
    "Alternative",
    "AreaTable",
    "AreaTurnout",
    "AreaVoters",
    "BadBox",
    "Box",
    "BoxAccounting",
    "BoxHead",
    "ChannelTable",
    "ChannelVotes",
    "Compared",
    "Count",
    "Device",
    "Fate",
    "Gathering",
    "Open",
    "PartCount",
    "Partition",
    "PotResult",
    "ProjectResult",
    "PublicFile",
    "PublicFileName",
    "Result",
    "SealedCount",
    "SealedEntries",
    "SealedGathering",
    "Shuffle",
    "Snapshot",
    "Spoiled",
    "Step",
    "Tables",
    "Tallied",
    "Transcript",
    "Turnout",
    "added",
    "area_table",
    "box_exported",
    "box_read",
    "counted",
    "files_of",
    "finished",
    "head_of",
    "open_with",
    "partition_counted",
    "partition_from",
    "partition_read",
    "pb_of",
    "public_file",
    "public_files_of",
    "public_folder",
    "published",
    "published_at",
    "recounted",
    "result_of",
    "said_of_unique",
    "sealed_counted",
    "sealed_length",
    "set_digest",
    "share_of",
    "tallied",
    "tally_kept",
    "tree_root",
    "turnout_shown",
    "turnout_taken",
    "turnouts_taken",
    "unique_ballots",
    "warm",
]
