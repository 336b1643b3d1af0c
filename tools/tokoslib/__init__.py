"""What tools/tokos is made of. Each module holds one idea; cli.py is where to start reading.

Only Python's standard library is used, so that the launcher runs on a bare machine.
"""
