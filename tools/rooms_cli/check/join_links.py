"""Whether the browsers that join links are bound to agree with the log."""

import re
from collections.abc import Sequence

from rooms.domain.join_link import JoinLink
from rooms.domain.time import Ticks, parse_time
from rooms.storage import keys
from rooms_cli.check.contents import Record
from rooms_cli.check.disagreement import Tell
from rooms_cli.check.places import Placed
from rooms_cli.check.properties import Unreadable, text_in

_DIGEST = re.compile("[0-9a-f]{64}")


def check_join_links(
    room_id: str, rows: Placed, decisions: Sequence[Record], kept: Ticks, tell: Tell
) -> None:
    """Tells what does not agree. Whoever was admitted with a link has bound it to a browser, and
    upkeep removes that row when the link expired before `kept`."""
    bound = {place.who: row["RowKey"] for place, row in rows}
    for _, row in rows:
        try:
            if not _DIGEST.fullmatch(text_in(row, "browser")):
                raise Unreadable("Its `browser` is no digest.")
        except Unreadable as problem:
            tell(f"The browser of a join link cannot be understood. {problem}", row["RowKey"])
    used = {each.detail.get("link") for each in decisions if each.kind == "Admitted"}
    for made in decisions:
        if made.kind != "JoinLinkMade":
            continue
        try:
            link = _link(room_id, made)
        except ValueError:
            tell("The log has a join link that expires at no time.", made.row)
            continue
        key = keys.join_link_row(link)
        if bound.get(link.id, key) != key:
            tell("A join link is bound with another expiry than the log has.", bound[link.id])
        elif link.id in used and link.id not in bound and link.expires_at >= kept:
            tell("A join link that was used is bound to no browser.", key, made.row)


def _link(room_id: str, made: Record) -> JoinLink:
    detail = made.detail
    expires_at = parse_time(detail["expiresAt"])
    return JoinLink(detail["link"], room_id, detail["rawId"], None, expires_at)
