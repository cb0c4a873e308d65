"""The counting house, from the ballot and the roll through intake and log to the results."""
