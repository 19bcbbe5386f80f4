"""Many exports at once: in processes of this machine, or on a cluster.

The rule: the files of a task are the same wherever they are made; only the caller gives them their names.
"""
