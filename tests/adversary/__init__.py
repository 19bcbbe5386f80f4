"""Attacks on the program: hostile files and scripts, each in a child process that is measured and killed at a limit.

They are no tests, and plain ``nox`` leaves them out: they run until a budget of time is used up, and a seed makes the
same attacks again. ``nox -s adversary`` runs them all for a minute each, ``nox -s adversary -- --seconds 900 --seed 7
media`` one of them for longer.

``runner.py``
    Starts a command or calls a function in a child, and measures, limits and judges what comes of it. It knows nothing
    of what is attacked.
``scripts.py``, ``mutations.py``
    Hostile scripts, programmes, muscle sets, words, pronunciations and tables, many of them in one child.
``media.py``, ``hostile_media.py``, ``whole_exports.py``
    Damaged and hostile sound files: tags, chapters, pages and sound.
``store.py``
    Forged entries of the store.
``environments.py``
    Commands on odd machines: folders, variables, limits and streams that are not as they should be.
``options.py``
    Hostile values of options, and the program's own small files with changed contents.
``faults.py``, ``kills.py``, ``exports.py``
    Exports in which a system call fails (by strace), or which are killed at any moment; and what must hold afterwards.
``fuzz.py``
    Parsers under a fuzzer that is guided by what their code reaches; by itself, with ``nox -s fuzz``.
``programs.py``
    Liars in ffmpeg's place: heads and files that are none, and programs that hang, flood, crash or leave others behind.
``__main__.py``
    Runs the attacks that are named in ``ATTACKS``: each is a module with a function ``attacks(random, folder)`` that
    yields `runner.Attack` for ever.

``test_*.py``
    Ordinary tests of these tools.

An attack is survived if the child ends by itself within its limits, with a known exit code, without a traceback, with a
sentence where it failed, and without a character that steers a terminal. The others are lost: their names are printed,
their files are kept, and the exit code is 1.
"""
