"""The web room: pages for residents and the API. ``web/app.py`` puts it together."""
