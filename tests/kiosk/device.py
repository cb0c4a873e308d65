"""A simulated kiosk: it writes its journal with the modules that a real one imports."""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from talkoot.base.bytes import Digest
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot import (
    JournalEntry,
    JournalKind,
    JournalPlace,
    device_named,
    framed,
)
from talkoot.voting.sealing import (
    EpochPosition,
    fingerprint_of,
    sealed_for_journal,
    sealed_who,
)
from talkoot_kiosk.journal import Journal


@dataclass(frozen=True, kw_only=True)
class KioskOf:
    """What a kiosk is given for an election."""

    election_id: ElectionId
    tally_public: bytes
    registrar_public: bytes
    config_hash: Digest


@dataclass(kw_only=True)
class Device:
    """A kiosk called by a name, from which all that would be random is drawn."""

    name: str
    kiosk: KioskOf
    folder: Path
    epoch: int = 1
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.switch_on()

    @property
    def place(self) -> JournalPlace:
        """Which journal it writes."""
        device = device_named(self.kiosk.election_id, self.public)
        return JournalPlace(election_id=self.kiosk.election_id, device=device, epoch=self.epoch)

    @property
    def position(self) -> EpochPosition:
        """Where its ballots are sealed."""
        place = self.place
        return EpochPosition(election_id=place.election_id, device=place.device, epoch=place.epoch)

    @property
    def key(self) -> Ed25519PrivateKey:
        """What it signs with."""
        return Ed25519PrivateKey.from_private_bytes(sha256(b"key" + self.name.encode()).digest())

    @property
    def public(self) -> bytes:
        """By what others know its signatures."""
        return self.key.public_key().public_bytes_raw()

    @property
    def mirror(self) -> Path:
        """The journal file on its second medium."""
        return self.folder / "mirror.journal"

    @property
    def content(self) -> bytes:
        """The journal as it is sent."""
        return b"".join(framed(raw) for raw in self.journal.raws())

    def switch_on(self) -> None:
        """Open the journal, as after a power cut."""
        self.journal = Journal(
            self.folder / "journal.sqlite",
            mirror=self.mirror,
            place=self.place,
            config_hash=self.kiosk.config_hash,
            sign=self.key.sign,
        )

    def cast(self, ballot: bytes, proof: bytes) -> JournalEntry:
        """Somebody casts a ballot, its padded bytes given, with a proof of the right to vote."""

        def seal(seq: int) -> tuple[bytes, bytes]:
            who = sealed_who(self.kiosk.registrar_public, self.position, seq, proof)
            secret = sha256(f"{self.name} {seq}".encode()).digest()
            mark = fingerprint_of(secret, ballot)
            tally = self.kiosk.tally_public
            return who, sealed_for_journal(tally, self.position, seq, ballot, mark)

        return self.journal.cast(seal)

    def close(self) -> JournalEntry:
        """Staff close the kiosk."""
        return self.journal.note(JournalKind.CLOSE, b"")
