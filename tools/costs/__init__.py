"""What a deployment costs a month: measured use of a room, times public prices."""
