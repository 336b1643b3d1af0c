"""NT's doubly linked lists, and the members of the kernel's structures, as gdb.Values."""
import gdb


def pointer_to(address, type_name):
    """The structure `type_name` at `address`, an integer."""
    return gdb.Value(address).cast(gdb.lookup_type(type_name).pointer()).dereference()


def offset_of(type_name, path):
    """The offset in bytes of the member `path`, such as "tcb.thread_list_entry"."""
    return int(gdb.parse_and_eval(f"(unsigned long)&(({type_name} *)0)->{path}"))


def entries(head, type_name, path):
    """The structures on the list whose head is the gdb.Value `head`, linked by their member `path`."""
    offset, end = offset_of(type_name, path), int(head.address)
    at = int(head["flink"])
    while at != end:
        yield pointer_to(at - offset, type_name)
        at = int(pointer_to(at, "struct list_entry")["flink"])


def address(value):
    """The address of the gdb.Value `value`, 32 bits wide."""
    return int(value.address) & 0xFFFFFFFF
