"""The log outside the table: files by which one sees whether a record was altered afterwards."""
