"""Serving: the web process, its log, and whose word about a caller's address is believed."""

import logging
import logging.config

import uvicorn

from talkoot.base.settings import Settings
from talkoot.web.app import self_contained

GRACEFUL_S = 20
"""How long requests under way may take to end after a signal to stop."""
WAITING_MAX = 1_000
"""Connections that may wait to be taken; beyond it they are refused at once."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        # Minutes, not seconds: a ballot's exact time is nobody's business.
        "minute": {"format": "%(asctime)s %(levelname)s %(message)s", "datefmt": "%Y-%m-%dT%H:%M"},
    },
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "minute"}},
    "root": {"handlers": ["err"], "level": "WARNING"},
    "loggers": {"talkoot": {"level": "INFO"}, "uvicorn.error": {"level": "WARNING"}},
}


def serve(settings: Settings, database_url: str, desk_url: str = "") -> None:
    """Serve the pages and the API until a signal comes; then let requests under way end.

    ``desk_url`` is the officials' log-in: without it the process has no desk.
    """
    logging.config.dictConfig(LOGGING)
    proxies = settings.trusted_proxies
    uvicorn.run(
        self_contained(settings, database_url, desk_url=desk_url),
        host=settings.host,
        port=settings.port,
        backlog=WAITING_MAX,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=GRACEFUL_S,
    )
