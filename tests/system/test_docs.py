"""The book tells the truth: what it names exists, what it shows is what the kernel prints, and
what must be described is."""
import re
import subprocess
import sys

import pytest
from docpages import (ADDRESS, LINK, anchors, outputs, pages, prose, quoted, shell_commands)
from launcher import BUILD, HOST_TIMEOUT, ROOT, TOKOS, tail, tokos

pytestmark = pytest.mark.xdist_group("docs")

KERNEL = BUILD / "tokos.elf"
SOURCE_FOLDERS = ("boot", "arch", "lib", "mm", "kernel")
FOLDERS = (*SOURCE_FOLDERS, "tests", "tools", "iso", "docs", "mk")
CODE = {".c", ".h", ".S", ".py", ".ld", ".mk", ".sh", ".gdb", ".cfg"}
PAGE = pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)

FILE = re.compile(r"[\w.*/-]+\.(?:c|h|S|py|md|mk|ld|sh|cfg|json|txt|gdb)|(?:%s)/[\w./*-]*" %
                  "|".join(FOLDERS))
IDENTIFIER = re.compile(r"(?:struct |enum )?([A-Za-z_]\w*_\w*)(?:\(\))?|(?:struct|enum) (\w+)")
SELF_TEST = re.compile(r"[a-z]\w*(?:\.[a-z]\w*){1,2}")
MAKE = re.compile(r"\bmake ((?:[A-Z]+=\S+ )*)([a-z][a-z0-9-]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def _read(path):
    return path.read_text(encoding="utf-8")


def _files(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def _code():
    return "\n".join(_read(path) for path in (*_files(*FOLDERS), ROOT / "linker.ld", ROOT / "Makefile")
                     if path.suffix in CODE or path.name in ("Makefile", "tokos"))


@pytest.fixture(scope="module", name="code")
def _code_fixture():
    return _code()


@pytest.fixture(scope="module", name="words")
def _words(code):
    return set(re.findall(r"\w+", code))


@pytest.fixture(scope="module", name="self_tests")
def _self_tests(code):
    plain = re.findall(r"KTEST\((\w+), (\w+)\)", code)
    fatal = re.findall(r"KTEST_FATAL\((\w+), (\w+)\)", code)
    return {f"{suite}.{case}" for suite, case in plain} | {
        f"fatal.{suite}.{case}" for suite, case in fatal}


def _file_exists(name):
    if name.startswith(("build/", "/")):
        return True     # made by the build, or not of this tree
    if "/" in name:
        return any(ROOT.glob(name.rstrip("/")))
    return bool(any(ROOT.glob(name)) or any(path for folder in FOLDERS
                                            for path in (ROOT / folder).rglob(name)))


@PAGE
def test_files_named_exist(page):
    names = [word for word in quoted(_read(page)) if FILE.fullmatch(word)]
    assert [name for name in names if not _file_exists(name)] == []


@PAGE
def test_symbols_named_exist(page, words, self_tests):
    unknown = []
    for word in quoted(_read(page)):
        name = IDENTIFIER.fullmatch(word)
        if name and (name[1] or name[2]) not in words:
            unknown.append(word)
        suite = word.split(".")[0]
        if SELF_TEST.fullmatch(word) and any(test.startswith(f"{suite}.") for test in self_tests):
            if word not in self_tests and not FILE.fullmatch(word):
                unknown.append(word)
    assert unknown == []


@PAGE
def test_self_tests_in_commands_exist(page, self_tests):
    named = re.findall(r"selftest=([\w.]+)(?=['\"\s]|$)", "\n".join(shell_commands(_read(page))))
    assert [name for name in named if name not in self_tests] == []


@PAGE
def test_make_targets_named_exist(page):
    makefiles = "\n".join(map(_read, (ROOT / "Makefile", *sorted((ROOT / "mk").glob("*.mk")))))
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", makefiles, re.M))
    text = _read(page)
    named = MAKE.findall("\n".join((*quoted(text), *shell_commands(text))))
    assert [name for _, name in named if name not in targets] == []


@PAGE
def test_links_resolve(page):
    broken = []
    for target in LINK.findall(_read(page)):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        goal = page.parent / path if path else page
        if not goal.exists() or anchor and anchor not in anchors(_read(goal)):
            broken.append(target)
    assert broken == []


def _self_map_addresses(addresses):
    return {base + (va >> shift) * 4 for va in addresses
            for base, shift in ((0xC0000000, 12), (0xC0300000, 22))}


@PAGE
def test_addresses_in_the_prose_are_known(page, code):
    """Each is a number of the source, of the address map, of an output that is compared with a real
    run, or the address of the PTE or PDE of one of these."""
    text = _read(page)
    shown = "\n".join(line for output in outputs(text) for line in (output.command, *output.lines))
    layout = re.search(r"<!-- layout:begin -->(.*?)<!-- layout:end -->",
                       _read(ROOT / "docs" / "01-boot-to-first-fault.md"), re.S)[1]
    known = {int(word, 16) for word in re.findall(r"0x([0-9A-Fa-f]+)", code)}
    known |= {int(word, 16) for word in ADDRESS.findall(shown + layout)}
    known |= _self_map_addresses(known)
    known |= _self_map_addresses(known)
    used = {word for word in ADDRESS.findall(prose(text)) if re.search(r"\d", word)}
    assert sorted(word for word in used if int(word, 16) not in known) == []


OUTPUTS = [pytest.param(output, id=f"{page.stem}-{number}")
           for page in pages() for number, output in enumerate(outputs(_read(page)), 1)]
PRINTED = {}


@pytest.mark.skipif(BUILD != ROOT / "build", reason="the book shows the ordinary build")
@pytest.mark.parametrize("output", OUTPUTS)
def test_outputs_are_real(output):
    if output.command not in PRINTED:
        PRINTED[output.command] = subprocess.run(
            ["bash", "-c", output.command], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HOST_TIMEOUT,
            check=False).stdout.decode(errors="replace")
    printed = PRINTED[output.command]
    assert output.missing(printed) is None, f"{output.command}\n{tail(printed, 60)}"


def test_address_map_is_up_to_date():
    done = subprocess.run([sys.executable, str(ROOT / "tools" / "doc_layout.py"), "--check",
                           "--kernel", str(KERNEL)], timeout=HOST_TIMEOUT, check=False)
    assert done.returncode == 0, "run `make docs`"


def _reference():
    return "\n".join(quoted(_read(ROOT / "docs" / "reference.md")))


def _described(name, docs):
    return re.search(rf"(?m)^{re.escape(name)}(?:$|[= \[])", docs)


def test_every_boot_option_is_described():
    options = re.findall(r'\{"(\w+)", set_\w+\}', _read(ROOT / "kernel" / "options.c"))
    docs = _reference()
    assert len(options) > 5
    assert [name for name in options if not _described(name, docs)] == []


def test_every_debugger_command_is_described():
    run = tokos("boot", "--kernel", KERNEL, "--append", "break", "--timeout", 60, stdin=b"help\nq\n")
    answer = run.out.replace("\r", "").split("kd> ")[1]
    names = re.findall(r"^  (\S+) ", answer, re.M)
    docs = _reference()
    assert len(names) > 10
    assert [name for name in names if not _described(name, docs)] == []


def test_every_launcher_option_is_described():
    text = subprocess.run([str(TOKOS), "boot", "--help"], stdout=subprocess.PIPE, check=True,
                          timeout=HOST_TIMEOUT).stdout.decode()
    docs = _reference()
    assert [name for name in sorted(set(OPTION.findall(text)) - {"--help"})
            if not _described(name, docs)] == []


def test_reading_order_lists_every_source_file():
    listed = re.findall(r"^\d+\. `([^`]+)`", _read(ROOT / "docs" / "reading-order.md"), re.M)
    files = [path.relative_to(ROOT).as_posix() for path in _files(*SOURCE_FOLDERS)
             if path.suffix in (".c", ".S")]
    assert sorted(listed) == sorted(set(listed)), "a file is listed twice"
    assert sorted(set(files) - set(listed)) == [], "these are missing"
    assert sorted(name for name in listed if not (ROOT / name).is_file()) == [], "these do not exist"
