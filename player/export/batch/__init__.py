"""Many exports at once: in processes of this machine, or on a cluster.

The rule: one file is a pure function of its order, wherever it is made; only the caller gives it its name.
"""
