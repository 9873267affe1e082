"""How often is too often: counts per person and per address, in memory, so a restart forgives."""

import ipaddress
import math
import time
from collections import OrderedDict
from uuid import UUID

from app.core.errors import TooMany

KEPT = 20_000


class Limits:
    """Token buckets by name. With `off`, nothing is counted (sizes and code tries are checked elsewhere)."""

    def __init__(self, *, off: bool = False) -> None:
        self.off = off
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, what: str, who: str, most: int, seconds: float) -> None:
        """Count one; raises TooMany with Retry-After once `most` in `seconds` are used up."""
        if self.off:
            return
        at = time.monotonic()
        left, since = self._buckets.pop((what, who), (float(most), at))
        left = min(float(most), left + (at - since) * most / seconds)
        if left < 1:
            self._buckets[what, who] = (left, at)
            wait = math.ceil((1 - left) * seconds / most)
            raise TooMany(headers={"Retry-After": str(wait)})
        self._buckets[what, who] = (left - 1, at)
        while len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)

    def count_person(self, person_id: UUID, method: str) -> None:
        """200 calls a minute a person, whatever they are."""
        self.take("person", str(person_id), 200, 60)

    def count_address(self, client: tuple[str, int] | None, *, has_session: bool) -> None:
        """600 calls a minute an address with sessions (a school is one), 100 without."""
        if self.off:
            return
        network = network_of(client[0] if client else "")
        if has_session:
            self.take("address", network, 600, 60)
        else:
            self.take("address without a session", network, 100, 60)

    def count_post(self, person_id: UUID, *, is_new: bool = False) -> None:
        """30 posts a minute and 500 a day a person; 10 and 60 in the first three days of her account."""
        self.take("posts", str(person_id), 10 if is_new else 30, 60)
        self.take("posts a day", str(person_id), 60 if is_new else 500, 86_400)


def network_of(address: str) -> str:
    """The address to count by: itself, or the /64 of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
