"""The firmware bridge: between a kiosk and its buttons, card reader and printer."""
