"""The ground floor: bytes, ids, money, time, languages, errors, settings and the database."""
