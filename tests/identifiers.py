"""Raw ids of users that exist nowhere."""

import uuid

from hypothesis import strategies as st


def acs_user(number: int) -> str:
    """A well-formed raw id, the same for the same number."""
    return f"8:acs:{uuid.UUID(int=0xACE)}_{uuid.UUID(int=number)}"


acs_users = st.builds(lambda resource, user: f"8:acs:{resource}_{user}", st.uuids(), st.uuids())
