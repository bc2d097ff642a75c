"""LiveKit as the media plane (livekit-server, or LiveKit Cloud)."""
