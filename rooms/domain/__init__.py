"""The rules of rooms: plain Python over plain values, the clock passed in, nothing of Azure."""
