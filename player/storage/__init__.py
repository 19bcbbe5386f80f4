"""Files that are whole or not there: the store of what was made once, and files that a user asked for."""
