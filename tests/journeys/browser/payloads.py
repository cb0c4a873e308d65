"""Scripts that somebody wrote into names and texts, each with a number that it reports as it runs.

``top.ran(n)`` is the page's own list of what ran; no payload asks for an address.
"""

from dataclasses import replace
from uuid import uuid4

from talkoot.base.i18n import Text
from talkoot.base.ids import ProjectId
from talkoot.base.money import Cents
from talkoot.rounds import Project, Round
from tests.web.town import PICTURE, a_round

VECTORS = (
    "<script>top.ran({n})</script>",
    '<img src="data:x" onerror="top.ran({n})">',
    "<img/src=data:x/onerror=top.ran({n})>",
    '<svg onload="top.ran({n})">',
    "<svg><script>top.ran({n})</script></svg>",
    '<svg><animate attributeName="x" dur="1s" onbegin="top.ran({n})"></svg>',
    '<iframe srcdoc="<script>top.ran({n})</script>"></iframe>',
    '<iframe src="javascript:top.ran({n})"></iframe>',
    '<details open ontoggle="top.ran({n})">x</details>',
    '<video src="data:x" onerror="top.ran({n})"></video>',
    '<audio src="data:x" onerror="top.ran({n})"></audio>',
    "<style onload=top.ran({n})>x{{}}</style>",
    '<link rel="stylesheet" href="data:text/css," onload="top.ran({n})">',
    '"><script>top.ran({n})</script>',
    "'><script>top.ran({n})</script>",
    '" autofocus onfocus="top.ran({n})',
    "</title><script>top.ran({n})</script>",
    "</textarea></select></option><script>top.ran({n})</script>",
    "--></style></script><script>top.ran({n})</script>",
    "<ScRiPt>top.ran({n})</sCrIpT>",
    "<math><mtext><img src=data:x onerror=top.ran({n})></mtext></math>",
    '<object data="javascript:top.ran({n})"></object>',
    '<a href="javascript:top.ran({n})">x</a>',
    '<div hx-get="/" hx-trigger="load" hx-on:load="top.ran({n})">x</div>',
    "{{{{ cycler.__init__.__globals__ }}}}{{% raw %}}<script>top.ran({n})</script>",
    "&lt;script&gt;top.ran({n})&lt;/script&gt;",
    "%3Cscript%3Etop.ran({n})%3C/script%3E",
    "\\u003cscript\\u003etop.ran({n})\\u003c/script\\u003e",
)
FIELDS = 4
PROJECTS = 125
PAYLOADS = FIELDS * PROJECTS


def payload(number: int) -> str:
    """Give one, the same for the same number."""
    return VECTORS[number % len(VECTORS)].format(n=number)


def said(number: int) -> Text:
    """Give a payload: said in Finnish, or in Swedish alone, which pages mark for speech."""
    return {"sv" if number % 3 == 0 else "fi": payload(number)}


def a_poisoned_round() -> Round:
    """Give a round with a payload in every text of each project, and in what is said of it."""
    first = PAYLOADS
    return replace(
        a_round(),
        title=said(first),
        theme=said(first + 1),
        intro=said(first + 2),
        rules=(said(first + 3),),
        projects=tuple(_project(at) for at in range(PROJECTS)),
    )


def _project(at: int) -> Project:
    name, summary, text, picture = (field * PROJECTS + at for field in range(FIELDS))
    return Project(
        id=uuid4(),
        number=ProjectId(f"P{at}"),
        place=at,
        area=None,
        name=said(name),
        summary=said(summary),
        text=said(text),
        cost=Cents(100_00),
        picture=PICTURE,
        picture_alt=said(picture),
    )
