"""The kiosk: a touchscreen that takes ballots with or without a network."""
