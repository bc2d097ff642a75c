"""The media plane: what carries the voice and video of a room's call."""
