"""Timeline, clips and bed become blocks of sound in the session format."""
