"""The loudspeaker: a ring buffer in shared memory, and a process of its own that plays it."""
