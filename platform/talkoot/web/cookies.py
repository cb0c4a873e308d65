"""The cookies that carry sessions: what every one of them must be is written once, here."""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from talkoot.web.house import House, house_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCookie:
    """A cookie that no script reads and only this host gets.

    ``same_site``: whether a link on another site carries it along (``lax``) or never (``strict``).
    """

    name: str
    same_site: Literal["lax", "strict"]

    def name_at(self, house: House) -> str:
        """``__Host-`` binds the cookie to this host and to https, where there is https."""
        return f"__Host-{self.name}" if house.secure else self.name

    def token_in(self, request: Request) -> str:
        """Give the session's token; empty where there is none."""
        return request.cookies.get(self.name_at(house_of(request)), "")

    def given(self, response: Response, house: House, token: str) -> Response:
        """Give the browser its session. The token is in no page and no address."""
        response.set_cookie(
            self.name_at(house),
            token,
            secure=house.secure,
            httponly=True,
            samesite=self.same_site,
            path="/",
        )
        return response

    def taken(self, response: Response, house: House) -> Response:
        """Take the session from the browser."""
        response.delete_cookie(
            self.name_at(house),
            secure=house.secure,
            httponly=True,
            samesite=self.same_site,
            path="/",
        )
        return response
