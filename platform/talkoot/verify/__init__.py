"""An independent reader of the public folder: it shares no line with what wrote the folder.

It needs Python and ``cryptography`` and imports nothing else of Talkoot.
"""

from talkoot.verify.reader import Report, verified
from talkoot.verify.recount import Choice, funded

__all__ = ["Choice", "Report", "funded", "verified"]
