"""The `tokos` commands of GDB: what the kernel debugger shows, asked from outside the kernel.

They read memory through GDB and never call into the kernel, so they can be used wherever it stands.
Types and offsets come from the kernel's debug information, the forms printed from kernel/kd.
"""
from . import commands

commands.register()
