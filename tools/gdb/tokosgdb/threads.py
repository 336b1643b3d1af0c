"""Threads and processes: `tokos thread`, `tokos process`, `tokos ready`."""
from . import kernel, stack
from .expressions import number
from .lists import address, entries, pointer_to
from .machine import Unavailable, register, require_paging

KERNEL_MODE = 0


def _names(table, index):
    return kernel.text(kernel.variable(table)[index])


def pcr():
    """The processor control region; Unavailable before there are threads."""
    require_paging()
    region = kernel.variable("ki_initial_pcr")
    if not int(region["current_thread"]):
        raise Unavailable("There are no threads yet: they come with ps_init_system. `break ki_main` "
                          "and `continue` go past it.")
    return region


def processes():
    """All processes, in the order of their making."""
    pcr()
    return entries(kernel.variable("ps_active_processes"), "struct eprocess", "links")


def threads_of(process):
    """The threads of `process`."""
    return entries(process["pcb"]["thread_list_head"], "struct ethread", "tcb.thread_list_entry")


def _find(value):
    for process in processes():
        for thread in threads_of(process):
            if value in (address(thread), int(thread["tcb"]["id"])):
                return thread
    raise Unavailable(f"{value:08x} is neither a thread nor a thread's id.")


def _heading(thread):
    process = thread["process"].dereference()
    return (f"THREAD {address(thread):08x}  Cid {int(process['unique_process_id']):04x}."
            f"{int(thread['tcb']['id']):04x}  "
            f"{_names('ke_thread_state_names', int(thread['tcb']['state']))}")


def is_waiting(thread):
    """Is the thread in the state WAITING?"""
    return int(thread["tcb"]["state"]) == kernel.enumerators("kthread_state")["THREAD_WAITING"]


def _wait(tcb):
    mode = "KernelMode" if int(tcb["wait_mode"]) == KERNEL_MODE else "UserMode"
    alertable = "Alertable" if tcb["alertable"] else "Non-Alertable"
    yield f": ({_names('ke_wait_reason_names', int(tcb['wait_reason']))}) {mode} {alertable}"
    first = block = tcb["wait_block_list"]
    while True:
        name = _names("ke_object_type_names", int(block["object"]["type"]))
        yield f"    {int(block['object']):08x}  {name}"
        block = block["next_wait_block"]
        if block == first:
            return


def _details(tcb):
    start = int(tcb["start_routine"])
    yield (f"    Owning Process {int(tcb['process']):08x}  Start Address "
           f"{stack.symbol(start) if start else '(the first thread)'}")
    yield (f"    Priority {int(tcb['priority'])}  BasePriority {int(tcb['base_priority'])}  "
           f"Quantum {int(tcb['quantum'])}  Context Switch Count {int(tcb['context_switches'])}")
    yield (f"    Stack Init {int(tcb['stack_top']):08x}  Current {int(tcb['kernel_stack']):08x}  "
           f"KernelApcDisable {int(tcb['kernel_apc_disable'])}")


def _apcs(tcb):
    for mode, name in ((0, "kernel"), (1, "user")):
        for apc in entries(tcb["apc_state"]["apc_list_head"][mode], "struct kapc", "links"):
            routine = int(apc["normal_routine"]) or int(apc["kernel_routine"])
            yield f"    APC {address(apc):08x}  {name}  {stack.symbol(routine)}"


def _stack(tcb):
    if address(tcb) == int(pcr()["current_thread"]):
        return stack.lines(register("eip"), register("ebp"))
    frame = pointer_to(int(tcb["kernel_stack"]), "struct kswitch_frame")
    return stack.lines(int(frame["eip"]), int(frame["ebp"]))


def show_thread(words):
    """The lines of `tokos thread`."""
    value = (number(words, "a thread's address or id") if words.strip()
             else int(pcr()["current_thread"]))
    thread = _find(value)
    waiting = list(_wait(thread["tcb"])) if is_waiting(thread) else [""]
    yield _heading(thread) + waiting[0]
    yield from waiting[1:]
    yield from _details(thread["tcb"])
    yield from _apcs(thread["tcb"])
    yield from _stack(thread["tcb"])


def show_processes(words):
    """The lines of `tokos process`."""
    wanted = number(words, "a process's address or id") if words.strip() else None
    shown = False
    for process in processes():
        identity = int(process["unique_process_id"])
        if wanted not in (None, address(process), identity):
            continue
        shown = True
        yield (f"PROCESS {address(process):08x}  Cid: {identity:04x}  "
               f"Image: {process['image_file_name'].string()}")
        for thread in threads_of(process):
            tcb, start = thread["tcb"], int(thread["tcb"]["start_routine"])
            reason = (f" ({_names('ke_wait_reason_names', int(tcb['wait_reason']))})"
                      if is_waiting(thread) else "")
            yield (f"    {_heading(thread)}{reason}  Pri {int(tcb['priority'])}  "
                   f"{stack.symbol(start) if start else ''}")
    if not shown:
        raise Unavailable(f"{wanted:08x} is neither a process nor a process's id.")


def _runner(what, tcb):
    return (f"    {what:<8} THREAD {address(tcb):08x}  Cid {int(tcb['id']):04x}  "
            f"Pri {int(tcb['priority'])}")


def show_ready(_words):
    """The lines of `tokos ready`."""
    region = pcr()
    yield f"Processor {int(region['number'])}: Ready Threads"
    yield _runner("running", region["current_thread"].dereference())
    if int(region["next_thread"]):
        yield _runner("standby", region["next_thread"].dereference())
    for head in reversed(kernel.elements(region["ready_list"])):
        for tcb in entries(head, "struct kthread", "ready_list_entry"):
            yield _runner("ready", tcb)
    yield (f"    ready summary {int(region['ready_summary']):08x}, "
           f"{int(region['context_switches'])} switches")
