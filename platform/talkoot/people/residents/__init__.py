"""Residents: accounts of a municipality, signing in by a link in a mail, and what we keep of them.

Nothing here is ever beside a voter's key or session.
"""

from talkoot.people.residents.accounts import (
    ALIAS_MAX,
    NAME_MAX,
    AccountKept,
    Author,
    Names,
    Resident,
    account_kept,
    erased,
    names_of,
    profile_kept,
)
from talkoot.people.residents.links import (
    LINK_LIFE,
    PER_MAIL,
    PER_NETWORK,
    Held,
    LinkFor,
    LinkRead,
    LinkUsed,
    MailLink,
    link_read,
    link_used,
    link_wanted,
)
from talkoot.people.residents.mails import MAIL_MAX, BadMail, Mail, mail_in
from talkoot.people.residents.sessions import (
    OpenedResident,
    ResidentSession,
    others_ended,
    resident_ended,
    resident_opened,
    resident_session_of,
)

__all__ = [
    "ALIAS_MAX",
    "LINK_LIFE",
    "MAIL_MAX",
    "NAME_MAX",
    "PER_MAIL",
    "PER_NETWORK",
    "AccountKept",
    "Author",
    "BadMail",
    "Held",
    "LinkFor",
    "LinkRead",
    "LinkUsed",
    "Mail",
    "MailLink",
    "Names",
    "OpenedResident",
    "Resident",
    "ResidentSession",
    "account_kept",
    "erased",
    "link_read",
    "link_used",
    "link_wanted",
    "mail_in",
    "names_of",
    "others_ended",
    "profile_kept",
    "resident_ended",
    "resident_opened",
    "resident_session_of",
]
