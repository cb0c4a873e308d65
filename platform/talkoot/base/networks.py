"""The network that an address is counted under, where people behind it are held to a limit."""

import ipaddress

IPV4_PREFIX = 24
IPV6_PREFIX = 64
"""One subscriber commonly has a whole /64, and can change addresses within it at will."""


def network_of(address: str) -> str:
    """Give the network that an address is counted under: its /24, or /64 for IPv6.

    IPv4 within IPv6 is IPv4. All that is no address is one network.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    prefix = IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX  # noqa: PLR2004 - versions of IP
    return str(ipaddress.ip_network((parsed, prefix), strict=False))
