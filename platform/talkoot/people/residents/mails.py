"""Mail addresses: read as people type them, kept in one form."""

import re
from typing import NewType

from talkoot.base.errors import TalkootError

Mail = NewType("Mail", str)
"""An address that a letter can be sent to: ASCII, in small letters."""

MAIL_MAX = 254
LOCAL_MAX = 64
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
"""RFC 5321, 4.1.2, without quoted names and addresses by number, which no resident has."""


class BadMail(TalkootError):
    """This is no mail address."""


def mail_in(typed: str) -> Mail:
    """Read a mail address. Capitals do not matter. Raises :class:`BadMail`."""
    local, at, domain = typed.strip().lower().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError as err:
        raise BadMail("the part after @ is no name of a host") from err
    mail = f"{local}{at}{host}"
    fits = len(local) <= LOCAL_MAX and len(mail) <= MAIL_MAX
    if not fits or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(host):
        raise BadMail("not of the form name@host")
    return Mail(mail)
