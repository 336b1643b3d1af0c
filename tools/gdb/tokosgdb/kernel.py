"""The kernel's variables, types and enumerations, by name, from its debug information."""
import gdb

from .machine import Unavailable


def variable(name):
    """The global variable or function `name` as a gdb.Value."""
    symbol = gdb.lookup_global_symbol(name)
    if symbol is None:
        raise Unavailable(f"There is no symbol {name}: is this a TokOS kernel with its symbols?")
    return symbol.value()


def static_variable(file, name):
    """The variable `name` that is static in the source `file`."""
    for symbol in gdb.lookup_static_symbols(name):
        if symbol.symtab.filename.endswith(file):
            return symbol.value()
    raise Unavailable(f"There is no variable {name} of {file} in the kernel's symbols.")


def elements(array):
    """The elements of the array `array`, in order."""
    first, last = array.type.range()
    return [array[index] for index in range(first, last + 1)]


def enumerators(name):
    """The names of `enum name`, as a dictionary from name to value."""
    return {field.name: field.enumval for field in gdb.lookup_type(f"enum {name}").fields()}


def text(pointer):
    """The C string at `pointer`."""
    return pointer.string("ascii", "replace")


def bits(type_name, value):
    """The bit fields of the word `value`, read as `struct type_name`: a dictionary by name."""
    return {field.name: value >> field.bitpos & (1 << field.bitsize) - 1
            for field in gdb.lookup_type(f"struct {type_name}").fields()}


def require_memory_manager():
    """Unavailable while the memory manager has not been brought up."""
    if not int(variable("mm_highest_physical_page")):
        raise Unavailable("The memory manager is not up yet: its counters and the PFN database "
                          "come with mm_init_system. `break ki_main` and `continue` go past it.")
