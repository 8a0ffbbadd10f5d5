"""Running the programs of sessions: their languages, their place in the queue, output and result.

Nothing of sessions or connections lives here: a run belongs to a key. What keeps a program from
doing harm is in sandbox/. Begin with `runner.py`; the languages are in `builtin_languages.py`.
"""
