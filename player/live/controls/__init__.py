"""Where a listener's wishes come from while something plays: keys, signals, the desktop's media keys."""
