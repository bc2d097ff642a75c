"""Public prices, each with the day on which it was read, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """A price in US dollars, of pay-as-you-go."""

    what: str
    usd: float
    per: float
    """How many units that buys."""
    unit: str
    free: float
    """Units of each month that cost nothing, of a whole subscription."""
    read: str
    """When, and of which region, somebody published what Azure's Retail Prices API said."""

    def of(self, units: float) -> float:
        """Returns what so many units of a month cost."""
        return max(units - self.free, 0) / self.per * self.usd


_FLEX = "2026-08-20, West US 2"

EXECUTIONS = Price("Functions, executions", 0.40, 1e6, "executions", 250_000, _FLEX)
MEMORY = Price("Functions, time of instances", 0.000026, 1, "GB-s", 100_000, _FLEX)
ALWAYS_READY = Price(
    "Functions, an instance that is always ready", 0.000004, 1, "GB-s", 0, "2026-09-26, East US 2"
)
EVENTS = Price("Event Grid", 0.60, 1e6, "operations", 100_000, _FLEX)
REQUESTS = Price("Table Storage, requests", 0.00036, 1e4, "requests", 0, "2026-07-22, Austria East")
STORED = Price("Table Storage, LRS", 0.045, 1, "GB", 0, "2026-07-22, Austria East")
LOGS = Price("Log Analytics", 2.30, 1, "GB", 5, _FLEX)
FREQUENT_ALERTS = Price("Alert on logs, each 5 minutes", 1.50, 1, "alert", 0, "**not confirmed**")
RARE_ALERTS = Price(
    "Alert on logs, each 15 minutes or less often",
    0.50,
    1,
    "alert",
    0,
    "Southeast Asia, no day given",
)

PRICES = (
    EXECUTIONS,
    MEMORY,
    ALWAYS_READY,
    EVENTS,
    REQUESTS,
    STORED,
    LOGS,
    FREQUENT_ALERTS,
    RARE_ALERTS,
)
