"""What went wrong and what to do, in the reader's language: a heading and a sentence or two."""

from dataclasses import dataclass
from typing import assert_never

from talkoot.web.errors import Trouble
from talkoot.web.voice import Voice


@dataclass(frozen=True, slots=True)
class Words:
    """A heading that says what happened, and advice that says what to do."""

    heading: str
    advice: str


def words_for(  # noqa: C901, PLR0912 - one branch a trouble: the match is the table
    voice: Voice, trouble: Trouble
) -> Words:
    """Say a trouble. Each says whether something was recorded where the reader may wonder."""
    gettext = voice.gettext
    match trouble:
        case Trouble.UNKNOWN_ELECTION:
            return Words(
                gettext("There is no such vote"),
                gettext("Nothing was recorded. Check the address, or begin at the start page."),
            )
        case Trouble.NOT_OPEN_YET:
            return Words(gettext("Voting is not open yet"), gettext("Nothing was recorded."))
        case Trouble.CLOSED:
            return Words(
                gettext("Voting has ended"), gettext("No more ballots are recorded in this vote.")
            )
        case Trouble.WRONG_DEFINITION:
            return Words(
                gettext("The ballot has changed"),
                gettext(
                    "Nothing was recorded, because the page you voted on does not show the ballot "
                    "of this vote. Open the ballot again and choose again."
                ),
            )
        case Trouble.INVALID_BALLOT:
            return Words(
                gettext("The ballot cannot be cast like this"),
                gettext("Nothing was recorded. Correct the ballot and try again."),
            )
        case Trouble.ALREADY_VOTED:
            return Words(
                gettext("You have already voted"),
                gettext(
                    "Your ballot is recorded. In this vote everyone can vote once, and a ballot "
                    "that has been cast cannot be changed."
                ),
            )
        case Trouble.SUBMISSION_REUSED:
            return Words(
                gettext("This ballot page has already been used"),
                gettext(
                    "The ballot you cast from this page is recorded, and this other one is not. "
                    "If you want to vote again, open the ballot anew."
                ),
            )
        case Trouble.MISTYPED:
            return Words(
                gettext("Check the code"),
                gettext(
                    "The code has a typing mistake. Compare it with your letter, sign by sign."
                ),
            )
        case Trouble.UNKNOWN_CODE:
            return Words(
                gettext("The code is not valid in this vote"),
                gettext(
                    "Check that the letter is for this vote and that it is your newest letter. "
                    "If the code still does not work, ask the contact person for a new one."
                ),
            )
        case Trouble.THROTTLED:
            return Words(
                gettext("Wait a moment before you try again"),
                gettext(
                    "There have been many wrong codes. Your own code still works after the wait."
                ),
            )
        case Trouble.LOCKED:
            return Words(
                gettext("This code is locked"),
                gettext(
                    "Somebody has tried to guess this code too many times. You do not lose your "
                    "vote: ask the contact person for a new letter."
                ),
            )
        case Trouble.NOT_FOUND:
            return Words(
                gettext("There is no such page"),
                gettext("The address may be mistyped, or the page may have moved."),
            )
        case Trouble.NO_RESULT_YET:
            return Words(
                gettext("There are no results yet"),
                gettext("Results come out when voting has ended and the votes have been counted."),
            )
        case Trouble.NOT_SIGNED_IN:
            return Words(
                gettext("Sign in again"),
                gettext(
                    "You have been signed out, because some time had passed. "
                    "Nothing was recorded yet. What you chose is still here: enter your code again "
                    "to go on."
                ),
            )
        case Trouble.STALE_FORM:
            return Words(
                gettext("This page is out of date"),
                gettext(
                    "Nothing was recorded from this page, because it was opened before you last "
                    "signed in. Open the ballot again."
                ),
            )
        case Trouble.FOREIGN_POST:
            return Words(
                gettext("The form did not come from this site"),
                gettext("Nothing was recorded. Open the page here and try again."),
            )
        case Trouble.WRONG_HOST:
            return Words(
                gettext("This address is not in use"),
                gettext("Use the address in your letter."),
            )
        case Trouble.TOO_LARGE:
            return Words(
                gettext("Too much was sent"),
                gettext("Nothing was recorded, because the form is larger than any ballot can be."),
            )
        case Trouble.MALFORMED | Trouble.INVALID_REQUEST:
            return Words(
                gettext("The form could not be read"),
                gettext("Nothing was recorded. Open the page again and try once more."),
            )
        case Trouble.WRONG_MEDIA_TYPE:
            return Words(
                gettext("The form could not be read"),
                gettext(
                    "Nothing was recorded, because it was sent in a form that is not used here."
                ),
            )
        case Trouble.WRONG_METHOD:
            return Words(
                gettext("This page cannot be opened like this"),
                gettext("Go back to the start page and follow the links from there."),
            )
        case Trouble.UNAVAILABLE:
            return Words(
                gettext("The service is not available right now"),
                gettext(
                    "We could not confirm that anything was recorded. Try again in a moment: the "
                    "same ballot is never recorded twice."
                ),
            )
        case Trouble.UNEXPECTED:
            return Words(
                gettext("Something went wrong"),
                gettext("The fault is ours, and it has been noted. Try again in a moment."),
            )
        case _:
            assert_never(trouble)
