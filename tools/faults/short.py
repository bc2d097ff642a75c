"""What stands for all operations and faults where there is no time for them: in CI, and to try
whether all parts run."""

from faults.storage_faults import OPERATIONS as ALL
from testkit.storage_proxy import Fault

KINDS = Fault.REFUSED, Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE
"""Those for which nobody waits until a time-out."""

_ALL = {operation.name: operation for operation in ALL}

OPERATIONS = [
    _ALL[name]
    for name in (
        "create with 0 people",
        "change in 2022-02-01",
        "revoke",
        "delete",
        "CallParticipantAdded",
        "drop",
    )
]
