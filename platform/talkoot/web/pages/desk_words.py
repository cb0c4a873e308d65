"""What acts, states and needs are called at the desk."""

from talkoot.voting.log import Need
from talkoot.web.voice import Voice


def need_in_words(voice: Voice, need: Need) -> str:
    """Say what has to hold before an act, as it is when it holds."""
    match need:
        case Need.SEALED_TO_TRUSTEES:
            return voice.gettext("The ballots are sealed to the trustees’ keys.")
        case Need.REHEARSED:
            return voice.gettext("A rehearsal is on file with these keys and this very ballot.")
        case Need.DEVICES_SETTLED:
            return voice.gettext("Every kiosk has been compared or declared lost.")
        case Need.NOTHING_QUARANTINED:
            return voice.gettext("No ballot waits to be decided on.")
        case Need.APPEALS_OVER:
            return voice.gettext("The time for appeals has passed.")
        case Need.BACKUPS_EXPIRED:
            return voice.gettext("Every declared backup has expired.")


def deed_in_words(voice: Voice, kind: str) -> str:
    """Name an act as a button does."""
    return {
        "freeze": voice.gettext("Freeze the ballot"),
        "amend": voice.gettext("Amend the frozen ballot"),
        "rehearse": voice.gettext("Record the rehearsal"),
        "open": voice.gettext("Open the voting"),
        "extend": voice.gettext("Extend the voting"),
        "close": voice.gettext("Close the voting"),
        "lost-kiosk": voice.gettext("Declare a kiosk lost"),
        "late-journal": voice.gettext("Take a late journal"),
        "roll-change": voice.gettext("Change the voter roll"),
        "reconcile": voice.gettext("Compare the ballot boxes"),
        "tally": voice.gettext("Record the count"),
        "count": voice.gettext("Record the count"),
        "final": voice.gettext("Declare the result final"),
        "destroy": voice.gettext("Destroy the keys"),
    }[kind]


def what_follows(voice: Voice, kind: str) -> str:
    """Say what an act does."""
    return {
        "freeze": voice.gettext("From then on the ballot changes only by a public, signed act."),
        "amend": voice.gettext("The change and its reason are public. A new rehearsal is needed."),
        "rehearse": voice.gettext("Trustees have opened a dummy ballot with their keys."),
        "open": voice.gettext("Ballots are taken from the published opening time on."),
        "extend": voice.gettext("Voting closes later than was published."),
        "close": voice.gettext("From then on nothing more can be recorded. This cannot be undone."),
        "lost-kiosk": voice.gettext("Ballots of it that have not arrived are not waited for."),
        "late-journal": voice.gettext("Ballots that a kiosk took in time and sent late are added."),
        "roll-change": voice.gettext(
            "The roll changes after the freeze, and everyone can see that."
        ),
        "reconcile": voice.gettext("Every kiosk’s journal is compared with what has arrived."),
        "tally": voice.gettext("The count is published and cannot be replaced."),
        "count": voice.gettext("The count is published and cannot be replaced."),
        "final": voice.gettext("The result stands."),
        "destroy": voice.gettext("From then on nobody can link people to ballots, not even we."),
    }[kind]


def state_in_words(voice: Voice, state: str) -> str:
    """Name a state on the line that shows how far an election has come."""
    return {
        "draft": voice.gettext("Draft"),
        "frozen": voice.gettext("Ballot frozen"),
        "open": voice.gettext("Voting open"),
        "closed": voice.gettext("Voting closed"),
        "counted": voice.gettext("Counted"),
        "closing": voice.gettext("Voting closed"),
        "reconciling": voice.gettext("Ballot boxes compared"),
        "tallied": voice.gettext("Counted"),
        "final": voice.gettext("Result final"),
        "keys_destroyed": voice.gettext("Keys destroyed"),
    }[state]


PLAIN_LINE = ("draft", "frozen", "open", "closed", "counted")
SEALED_LINE = (
    "draft",
    "frozen",
    "open",
    "closing",
    "reconciling",
    "tallied",
    "final",
    "keys_destroyed",
)
