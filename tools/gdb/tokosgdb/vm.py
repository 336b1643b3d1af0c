"""How memory is used: `tokos vm`, which shows what `!vm` and `!memusage` show."""
from . import kernel
from .machine import require_paging

LISTS = (("Zeroed:", "ZEROED_PAGE_LIST"), ("Free:", "FREE_PAGE_LIST"),
         ("Standby:", "STANDBY_PAGE_LIST"), ("Modified:", "MODIFIED_PAGE_LIST"),
         ("ModifiedNoWrite:", "MODIFIED_NO_WRITE_PAGE_LIST"), ("Active/Valid:", "ACTIVE_AND_VALID"),
         ("Transition:", "TRANSITION_PAGE"), ("Bad:", "BAD_PAGE_LIST"))
AVAILABLE = ("ZEROED_PAGE_LIST", "FREE_PAGE_LIST", "STANDBY_PAGE_LIST")


def _totals():
    lists = kernel.variable("mm_page_lists")
    return {name: int(lists[value]["total"])
            for name, value in kernel.enumerators("mmlists").items() if name != "MMLISTS_COUNT"}


def _pool(name):
    return kernel.variable("mi_pools")[kernel.enumerators("pool_type")[name]]["usage"]


def _counters(totals):
    nonpaged, paged = _pool("NONPAGED_POOL"), _pool("PAGED_POOL")
    return (("Physical Memory:", sum(totals.values())),
            ("Available Pages:", sum(totals[name] for name in AVAILABLE)),
            ("Modified Pages:", totals["MODIFIED_PAGE_LIST"]),
            ("Free System PTEs:", kernel.variable("mi_system_ptes")["free"]),
            ("System Page Tables:", kernel.variable("mi_system_page_tables")),
            ("NonPagedPool Usage:", nonpaged["pages"]), ("NonPagedPool Max:", nonpaged["limit"]),
            ("PagedPool Usage:", paged["pages"]), ("PagedPool Maximum:", paged["limit"]),
            ("Committed pages:", kernel.variable("mm_total_committed_pages")),
            ("Commit limit:", kernel.variable("mm_total_commit_limit")))


def show(_words):
    """The lines of `tokos vm`."""
    require_paging()
    kernel.require_memory_manager()
    totals = _totals()
    yield "*** Virtual Memory Usage ***"
    for name, pages in _counters(totals):
        yield f"    {name:<21} {int(pages):7} ({int(pages) * 4:8} Kb)"
    for name, listed in (*((name, totals[which]) for name, which in LISTS),
                         ("TOTAL:", sum(totals.values()))):
        yield f"{name:>17} {listed:7} ({listed * 4:8} kb)"
