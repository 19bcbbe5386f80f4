"""A session as one page for a browser: its sound, its text, a pacer, and its script, with no network and no library.

The rule: what a page holds comes from the session and its timeline, so the same session makes the same bytes
(tests/export/page/test_document.py). The templates beside this file are under the BSD Zero Clause License, so that a
page may go anywhere; nothing of the program's own licence is in it.
"""
