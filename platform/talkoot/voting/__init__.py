"""The counting house, left to right: ballot, roll, intake, log, dedup, tally, allocation, results."""
