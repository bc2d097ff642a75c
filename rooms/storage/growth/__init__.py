"""Growing: moving the rooms of a digit from one storage account to another, while the service runs
(docs/design/spread.md)."""
