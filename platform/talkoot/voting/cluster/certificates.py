"""An authority of the cluster's own, and a certificate for each node: TLS both ways.

Dask asks a partner for a certificate of this authority and for nothing else: whoever holds one may
hand work to every machine of the cluster. So the authority belongs to one cluster, and its key
stays on the machine that made it.
"""

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from talkoot.base.errors import BadFile, NotAllowed

FOLDER_MODE = 0o700
FILE_MODE = 0o600
CLOCKS_DIFFER = timedelta(minutes=5)
"""A node's clock may be this much behind ours and still find its certificate valid."""
AUTHORITY = "ca"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Where a node's own certificate and key lie, and the authority that it believes; PEM."""

    authority: Path
    certificate: Path
    key: Path

    def __post_init__(self) -> None:
        """Raise :class:`BadFile` for a file that is not there."""
        for file in (self.authority, self.certificate, self.key):
            if not file.is_file():
                raise BadFile(f"{file}: there is no such file")


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def certificates(folder: Path, node: str, *, at: datetime, valid: timedelta) -> TlsFiles:
    """Write a node's certificate and key into ``folder``, and an authority where there is none.

    ``at``: now, in UTC. Keys are readable by this account alone. Raises :class:`NotAllowed` for a
    node that has its certificate already or a name that is no name, and :class:`BadFile` for an
    authority that cannot be read.
    """
    if not _NAME.fullmatch(node) or node == AUTHORITY:
        raise NotAllowed(f"{node!r} is no name for a node: letters, digits, dots and hyphens")
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    certificate, key = folder / f"{node}.pem", folder / f"{node}-key.pem"
    if certificate.exists() or key.exists():
        raise NotAllowed(f"{node} has its certificate already in {folder}")
    authority = _authority(folder, at=at, valid=valid)
    own = ec.generate_private_key(ec.SECP256R1())
    _written(key, _key_bytes(own))
    _written(certificate, _pem(_signed(node, own, authority, at=at, valid=valid)))
    return TlsFiles(authority=folder / f"{AUTHORITY}.pem", certificate=certificate, key=key)


def _authority(folder: Path, *, at: datetime, valid: timedelta) -> _Authority:
    certificate, key = folder / f"{AUTHORITY}.pem", folder / f"{AUTHORITY}-key.pem"
    if certificate.exists() or key.exists():
        return _read(certificate, key)
    own = ec.generate_private_key(ec.SECP256R1())
    made = _self_signed(own, at=at, valid=valid)
    _written(key, _key_bytes(own))
    _written(certificate, _pem(made))
    return _Authority(made, own)


def _read(certificate: Path, key: Path) -> _Authority:
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
        own = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as err:
        raise BadFile(f"the authority in {certificate.parent} cannot be read: {err}") from err
    if not isinstance(own, ec.EllipticCurvePrivateKey) or own.public_key() != found.public_key():
        raise BadFile(f"{key} is not the key of {certificate}")
    return _Authority(found, own)


def _self_signed(
    key: ec.EllipticCurvePrivateKey, *, at: datetime, valid: timedelta
) -> x509.Certificate:
    name = _named("Talkoot counting cluster")
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _blank(key, at=at, valid=valid)
        .subject_name(name)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def _signed(
    node: str,
    key: ec.EllipticCurvePrivateKey,
    authority: _Authority,
    *,
    at: datetime,
    valid: timedelta,
) -> x509.Certificate:
    """A node is client and server at once: workers call each other."""
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    return (
        _blank(key, at=at, valid=valid)
        .subject_name(_named(node))
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(node)]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def _blank(
    key: ec.EllipticCurvePrivateKey, *, at: datetime, valid: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - CLOCKS_DIFFER)
        .not_valid_after(at + valid)
    )


def _named(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _written(file: Path, content: bytes) -> None:
    """Write a new file that this account alone may read. Raises ``FileExistsError``."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
