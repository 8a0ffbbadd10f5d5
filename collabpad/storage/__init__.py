"""Keeping sessions, in SQLite or in memory; SQL lives here and nowhere else.

No rules about people or documents: the store keeps records and promises an order. Begin with
`store.py` and `records.py`; a write goes through `sqlite.py`, `worker.py` and `write_batcher.py`.
"""
