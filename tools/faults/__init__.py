"""What goes wrong is done to the service on purpose, to show that it loses nothing. Run it with
`make faults`; never deployed."""
