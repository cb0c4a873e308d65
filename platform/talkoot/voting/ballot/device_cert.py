"""A device's certificate: which key writes which election's journals, signed by the board's key.

``PRE("device-cert", election, device, public key, place) || signature (64)``. The list of an
election's certificates is on its board before voting opens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from talkoot.base.bytes import DIGEST_BYTES, Digest, Tag, digest, pre, text
from talkoot.base.errors import NotAllowed
from talkoot.base.ids import ElectionId
from talkoot.voting.ballot.journal import SIGNATURE_BYTES, NotAnEntry, frames_of

DEVICE_ID_BYTES = 16
DEVICE_KEY_BYTES = 32
PLACE_MAX = 200
_HEAD = pre(Tag.DEVICE_CERT)[:-4]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCertificate:
    """Which device: 16 bytes that name it, its Ed25519 public key, and where it stands in words.

    Raises :class:`NotAllowed` for a key of another length, and without a place.
    """

    election_id: ElectionId
    device: bytes
    public: bytes
    place: str

    def __post_init__(self) -> None:
        """Refuse what is no device."""
        if len(self.public) != DEVICE_KEY_BYTES or len(self.device) != DEVICE_ID_BYTES:
            raise NotAllowed("a device has a name of 16 bytes and a public key of 32")
        if not 0 < len(self.place.strip()) <= PLACE_MAX or not self.place.isprintable():
            raise NotAllowed(f"say where the device stands, in at most {PLACE_MAX} signs")

    @property
    def canonical(self) -> bytes:
        """The bytes that are signed."""
        place = text(self.place)
        return pre(Tag.DEVICE_CERT, self.election_id.bytes, self.device, self.public, place)


def device_named(election_id: ElectionId, public: bytes) -> bytes:
    """Give the 16 bytes that name a device by its key, in one election."""
    return digest(Tag.DEVICE_CERT, election_id.bytes, public)[:DEVICE_ID_BYTES]


def certificate_raw(certificate: DeviceCertificate, sign: Callable[[bytes], bytes]) -> bytes:
    """Give a certificate as it is handed over: its bytes and the board's signature over them."""
    return certificate.canonical + sign(certificate.canonical)


def certificate_of_raw(raw: bytes) -> DeviceCertificate:
    """Read a certificate without judging its signature. Raises :class:`NotAllowed`."""
    canonical = raw[:-SIGNATURE_BYTES]
    try:
        election, device, public, place = frames_of(canonical[len(_HEAD) + 4 :])
        found = DeviceCertificate(
            election_id=ElectionId(UUID(bytes=election)),
            device=device,
            public=public,
            place=place.decode(),
        )
    except (ValueError, NotAnEntry) as err:
        raise NotAllowed("these bytes are no device's certificate") from err
    if found.canonical != canonical:
        raise NotAllowed("the certificate is not in its one canonical form")
    return found


def shown_fingerprint(public: bytes) -> str:
    """Give a device's key as two people compare it: 16 symbols of its digest in groups of four."""
    found = Digest(digest(Tag.DEVICE_CERT, public)).hex().upper()[: DIGEST_BYTES // 2]
    return "-".join(found[at : at + 4] for at in range(0, len(found), 4))
