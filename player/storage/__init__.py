"""Files that are whole or not there: the store of results, and the files of users."""
