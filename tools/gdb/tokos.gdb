# GDB's side of TokOS: settings that suit a kernel, and the `tokos` commands. tools/tokos sources this
# file and says in TOKOS_GDB where it lies; by hand it is sourced from the root of the sources, as in
#   gdb -nx build/tokos.elf -ex 'target remote localhost:1234' -x tools/gdb/tokos.gdb

set pagination off
set confirm off
set architecture i386
set print pretty on
set disassemble-next-line auto
set backtrace past-main on

python
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.abspath(os.environ.get("TOKOS_GDB", "tools/gdb")))
import tokosgdb
end
