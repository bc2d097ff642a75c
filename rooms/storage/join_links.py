"""The browsers that join links are bound to: each link to the first one that was admitted.

A row holds nothing of a person: the id of the link, and a digest from which nobody learns the
secret of the browser, nor that two links were used in the same one.
"""

import hmac
from dataclasses import dataclass, field

from rooms.domain.join_link import JoinLink
from rooms.storage import keys
from rooms.storage.entities import Entity, row_of
from rooms.storage.errors import JoinLinkUsed
from rooms.storage.table import Table


@dataclass(frozen=True, slots=True)
class HeldLink:
    """A join link, and the secret of the browser that holds it."""

    link: JoinLink
    browser: str = field(repr=False)

    @property
    def entity(self) -> Entity:
        """Returns the row that binds the link to the browser."""
        digest = keys.hashed(f"{self.link.id}:{self.browser}")
        return row_of(keys.join_link_row(self.link)) | {"browser": digest}


async def is_bound(table: Table, held: HeldLink) -> bool:
    """Returns whether the link is bound to this browser already. Raises JoinLinkUsed if it is bound
    to another one. One request."""
    entity = held.entity
    row = await table.get(await table.partition_of(held.link.room_id), entity["RowKey"])
    if row is None:
        return False
    if not hmac.compare_digest(row["browser"], entity["browser"]):
        raise JoinLinkUsed
    return True
