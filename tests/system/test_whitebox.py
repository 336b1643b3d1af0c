"""The window on the memory manager: programs that look at memory, TokOS's own and the tests'."""
import re
from dataclasses import dataclass, field

import pytest
from launcher import ROOT
from programrun import PROGRAMS, check, run

pytestmark = pytest.mark.xdist_group("programs")

PAGE = 4096
END_OF_USER_SPACE = 0x7FFF0000


@pytest.mark.parametrize("options", [("--cpu", "486", "--memory", "16M"), ("--append", "userva=3072"),
                                     ("--append", "slowpager=1"), ("--append", "jitter=7")], ids=" ".join)
@pytest.mark.parametrize("name", ["whitebox", "whitebox_shared"])
def test_states_are_the_same_everywhere(name, options):
    check(PROGRAMS / f"{name}.exe", *options)


@dataclass
class Region:
    """A region's line of vmmap, and those of its pages."""

    start: int
    kilobytes: int
    state: str
    words: list
    pages: dict = field(default_factory=dict)

    def pages_as_shown(self):
        """Its pages' lines, the frames' numbers left out."""
        return [" ".join([page["kind"], page["share"], page["refs"], page["list"], page["prototype"]])
                for page in self.pages.values()]


def _page(words):
    names = ("kind", "pte", "pde", "frame", "share", "refs", "list", "prototype", "prototype pte")
    return dict(zip(names, words))


def vmmap(*arguments, program="vmmap", options=()):
    """Run vmmap; return its regions and its totals by their names."""
    code, out, err = run(program, *arguments, options=options)
    assert (code, err) == (0, "")
    regions, totals = {}, {}
    lines, total_lines = out.decode().replace("\r", "").split("\n\n")
    for line in lines.splitlines()[1:]:
        words = line.split()
        if line.startswith("  ") and words[0] != "page":
            region.pages[int(words[0], 16)] = _page(words[1:])
        elif words[0] != "page":
            region = Region(int(words[0], 16), int(words[1]), words[2], words[3:])
            regions[region.start] = region
    for line in total_lines.splitlines()[1:]:
        name, *numbers = line.split()
        totals[name] = [int(number) for number in numbers]
    return regions, totals


def _sum(regions, state, kind=None):
    return sum(region.kilobytes for region in regions.values()
               if region.state == state and kind in (None, region.words[0]))


@pytest.mark.parametrize("options", [(), ("--memory", "16M"), ("--append", "userva=3072")],
                         ids=lambda options: " ".join(options) or "plain")
def test_regions_cover_user_space_and_add_up(options):
    regions, totals = vmmap(options=options)
    at = 0
    for region in regions.values():
        assert region.start == at
        at += region.kilobytes * 1024
    assert at == END_OF_USER_SPACE
    for kind in ("image", "mapped", "private"):
        assert totals[kind][:2] == [_sum(regions, "commit", kind), _sum(regions, "reserve", kind)]
    assert totals["total"][:2] == [_sum(regions, "commit"), _sum(regions, "reserve")]
    assert totals["free"] == [_sum(regions, "free")]
    # Of private memory each page is charged, of an image those that can be copied.
    assert totals["private"][2] == totals["private"][0]
    assert totals["image"][2] == sum(region.kilobytes for region in regions.values()
                                     if region.state == "commit" and "C:" in region.words[-1] and
                                     region.words[1] in ("READWRITE", "WRITECOPY"))


def test_regions_have_names():
    regions, _ = vmmap()
    names = {" ".join(region.words[3:]) for region in regions.values() if region.state != "free"}
    assert {r"C:\vmmap.exe", r"C:\ntdll.dll", r"C:\tokos.dll", r"C:\msvcrt.dll", "PEB", "parameters",
            "heap of the process", "shared user data"} <= names
    assert {re.sub(r"\d+", "N", name) for name in names} >= {"TEB of thread N", "stack of thread N"}


@pytest.fixture(scope="module", name="mapped")
def _mapped():
    """What vmmap says, by number, of the process of mapped.c, which started it."""
    return vmmap("vmmap", "-p", program=PROGRAMS / "mapped.exe")[0]


@pytest.mark.parametrize("start, region, pages", [
    (0x10000000, "8 commit private READWRITE READWRITE", ["valid 1 1 active -", "demand-zero - - - -"]),
    (0x10002000, "4 reserve private - READWRITE", []),
    (0x10003000, "4 commit private READONLY READWRITE", ["valid 1 1 active -"]),
    (0x10004000, "4 commit private READWRITE+GUARD READWRITE", ["demand-zero - - - -"]),
    (0x10005000, "4 commit private NOACCESS READWRITE", ["transition 0 0 modified -"]),
    (0x20000000, "8 commit mapped READWRITE READWRITE", ["valid 2 1 active valid"]),
    (0x21000000, "8 commit mapped READONLY READONLY", ["valid 2 1 active valid"]),
    (0x22000000, "4 commit mapped READWRITE WRITECOPY", ["valid 1 1 active valid"]),
    (0x22001000, "4 commit mapped WRITECOPY WRITECOPY", []),
])
def test_another_process_page_by_page(mapped, start, region, pages):
    found = mapped[start]
    assert f"{found.kilobytes} {found.state} {' '.join(found.words)}" == region
    assert found.pages_as_shown() == pages
    for page in found.pages.values():
        if page["kind"] == "valid":
            assert int(page["pte"], 16) // PAGE == int(page["frame"], 16) and int(page["pte"], 16) & 1


def test_views_share_a_frame_and_a_copy_has_its_own(mapped):
    view, again, copy = (mapped[start].pages[start] for start in (0x20000000, 0x21000000, 0x22000000))
    assert view["frame"] == again["frame"] != copy["frame"]
    assert view["prototype pte"] == again["prototype pte"] == copy["prototype pte"]
    assert int(view["prototype pte"], 16) // PAGE == int(view["frame"], 16)


def test_code_of_dlls_is_shared_with_the_mapped_process(mapped):
    code = [page for region in mapped.values() if region.words[1:2] == ["EXECUTE_READ"] and
            region.words[-1] == r"C:\ntdll.dll" for page in region.pages.values()]
    shares = [page["share"] for page in code if page["kind"] == "valid"]
    assert len(shares) > 5 and set(shares) == {"2"}


def test_a_program_is_started_and_held():
    regions, _ = vmmap("-p", "hello", "a", options=("--with", PROGRAMS / "hello.exe"))
    names = {region.words[-1] for region in regions.values()}
    assert {r"C:\hello.exe", r"C:\ntdll.dll"} <= names and r"C:\vmmap.exe" not in names


@pytest.mark.parametrize("arguments, expected, message", [
    (["999"], 1, "vmmap: cannot open process 999: The parameter is incorrect. (error 87)"),
    (["4"], 1, "vmmap: cannot open process 4: Access is denied. (error 5)"),
    (["nosuch"], 1, "vmmap: cannot start nosuch: The system cannot find the file specified. (error 2)"),
    (["-p", r"C:\ntdll.dll", "a"], 1, r"vmmap: cannot start C:\ntdll.dll: "
     r"C:\ntdll.dll is not a valid Win32 application. (error 193)"),
    (["-x"], 2, "usage: vmmap "),
    (["44", "45"], 2, "usage: vmmap "),
])
def test_vmmap_says_what_is_wrong(arguments, expected, message):
    code, out, err = run("vmmap", *arguments)
    assert (code, out) == (expected, b"")
    assert err.startswith(message)


def meminfo(*options):
    """Run meminfo; return its numbers by their names: pages and KB, or one."""
    code, out, err = run("meminfo", options=options)
    assert (code, err) == (0, "")
    rows = re.findall(r"^ *(\S.*?)  +(\d+)(?: +(\d+))?$", out.decode().replace("\r", ""), re.M)
    return {name: [int(number) for number in numbers if number] for name, *numbers in rows}, out


@pytest.mark.parametrize("options, megabytes", [(("--memory", "16M"), 16), ((), 128),
                                                (("--append", "userva=3072"), 128)])
def test_meminfo_adds_up(options, megabytes):
    numbers, out = meminfo(*options)
    pages = {name: number[0] for name, number in numbers.items() if len(number) == 2}
    assert all(number[1] == number[0] * 4 for number in numbers.values() if len(number) == 2)
    assert megabytes * 256 * 0.95 < pages["physical memory"] <= megabytes * 256
    free = [int(count) for count in re.findall(rb"^  free +(\d+)", out, re.M)]
    assert pages["available"] == pages["zeroed"] + free[0] + pages["standby"]
    assert 0 < free[1] < pages["system PTEs"]
    assert 0 < pages["committed"] < pages["commit limit"] <= pages["physical memory"]
    assert numbers["percent in use"] == [pages["committed"] * 100 // pages["commit limit"]]
    assert pages["nonpaged pool"] and pages["paged pool"]


def test_meminfo_counts_faults_by_kind():
    numbers, out = meminfo()
    source = (ROOT / "mm" / "fault.c").read_text(encoding="utf-8")
    kinds = re.findall(r'\[MM_FAULT_\w+\] = "([\w-]+)"', source)
    shown = re.findall(r"^(\S+) +\d+\r?$", out.decode().split("faults ")[1], re.M)
    assert len(kinds) > 10 and shown == [kind for kind in kinds if kind != "none"]
    total = sum(numbers[kind][0] for kind in shown)
    assert 0 < numbers["this process"][0] <= total
    assert numbers["demand-zero"][0] and numbers["demand-page"][0] and numbers["copy-on-write"][0]


def test_meminfo_takes_no_argument():
    code, out, err = run("meminfo", "x")
    assert (code, out) == (2, b"")
    assert err.startswith("usage: meminfo")
