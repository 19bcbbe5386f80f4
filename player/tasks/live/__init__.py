"""Playing live: one loop that listens to who is there, keeps the loudspeaker fed and tells what is heard."""
