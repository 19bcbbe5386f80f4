"""Playing: one loop that takes what controls ask for, keeps the loudspeaker supplied, and shows what is heard."""
