"""Controls, and where they come from while something plays: keys, signals, the desktop's media keys."""
