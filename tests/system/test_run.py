"""`tools/tokos run`: what it gives the kernel, what it passes through, how it ends. Most of it with fake
kernels (fakes.py); the way of the bytes with the real one, whose self-test `console.echoes_its_input`
is a program that copies its input."""
import random
import subprocess
import time

import fakes
import pytest
from launcher import BUILD, HOST_TIMEOUT, TOKOS, Run

pytestmark = pytest.mark.xdist_group("run")

KERNEL = BUILD / "tokos.elf"
ECHO = ("--kernel", KERNEL, "--append", "selftest=console.echoes_its_input", "--timeout", 60)


def run(*arguments, stdin=b""):
    """Run `tools/tokos run`; the outputs are bytes."""
    done = subprocess.run([str(TOKOS), "run", *map(str, arguments)], input=stdin,
                          capture_output=True, timeout=HOST_TIMEOUT, check=False)
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def fake(tmp_path_factory):
    """fake(name): the path of that fake kernel, assembled once, in a folder with a volume's files."""
    folder = tmp_path_factory.mktemp("fakes")
    (folder / "user").mkdir()
    (folder / "user" / "own.exe").write_bytes(b"own")
    (folder / "user" / "ntdll.dll").write_bytes(b"ntdll" * 3000)
    (folder / "user" / "own.o").write_bytes(b"left alone")
    built = {}

    def get(name):
        if name not in built:
            built[name] = fakes.build(name, folder)
        return built[name]
    return get


@pytest.fixture(name="prog")
def _prog(tmp_path):
    path = tmp_path / "prog.exe"
    path.write_bytes(b"a program")
    return path


# A fake kernel, the exit code, and what standard error ends with.
ENDINGS = (
    ("exits_42", 42, b"error\n"),
    ("exits_with_status", 5, b"error\nexit code 0xC0000005 STATUS_ACCESS_VIOLATION\n"),
    ("exits_without_name", 0x78, b"error\nexit code 0x12345678\n"),
    ("exits_mid_line", 255, b"error\nno newline\nexit code 0xFFFFFFFF\n"),
    ("program_bugcheck", 121, b"tokos: bugcheck 0x0000000A IRQL_NOT_LESS_OR_EQUAL\n"),
    ("program_hangs", 124, b"the last line was: PROGRAM BEGIN\n"),
    ("triple_fault", 122, b"no exception was logged\n"),
    ("no_program", 125, b"tokos: cut short: the kernel ended without having run the program\n"),
    ("reset", 125, b"tokos: cut short: the guest rebooted\n"),
)


@pytest.mark.parametrize("name, code, words", ENDINGS, ids=[ending[0] for ending in ENDINGS])
def test_ending(fake, prog, name, code, words):
    done = run("--kernel", fake(name), "--timeout", 3, prog)
    assert done.err.endswith(words)
    assert done.code == code
    if b"error\n" in done.err:
        assert done.out == b"output\n"


def test_the_log_is_shown_when_the_kernel_fails_only(fake, prog):
    assert run("--kernel", fake("exits_42"), prog).err == b"error\n"
    assert b"\n*** STOP: 0x0000000A" in run("--kernel", fake("program_bugcheck"), prog).err


def test_trace_takes_the_log(fake, prog, tmp_path):
    trace = tmp_path / "trace"
    done = run("--kernel", fake("exits_42"), "--trace", trace, prog)
    assert (done.code, done.err) == (42, b"error\n")
    assert trace.read_bytes() == b"PROGRAM BEGIN\r\nPROGRAM EXIT 0x0000002a\r\n"
    run("--kernel", fake("words"), "--append", "nopse", "--trace", trace, prog)
    assert trace.read_text().splitlines()[0].endswith(" run trace=fault nopse")


def _parse(line):
    """The arguments of a command line, as Microsoft's C runtime finds them (its documentation,
    "Parsing C command-line arguments"); the program's name has rules of its own and no quotes here."""
    arguments, current, quoted, backslashes = [], None, False, 0
    for char in line:
        if char == "\\":
            backslashes += 1
            continue
        if char == '"':
            current = (current or "") + "\\" * (backslashes // 2)
            if backslashes % 2:
                current += '"'
            else:
                quoted = not quoted
            backslashes = 0
            continue
        if backslashes:
            current = (current or "") + "\\" * backslashes
            backslashes = 0
        if char in " \t" and not quoted:
            if current is not None:
                arguments.append(current)
            current = None
        else:
            current = (current or "") + char
    if backslashes:
        current = (current or "") + "\\" * backslashes
    return arguments if current is None else [*arguments, current]


def _command_of(fake, prog, *arguments):
    done = run("--kernel", fake("dump_command"), prog, *arguments)
    assert done.code == 0, done.err
    path, _, line = done.out.decode().partition("\n")
    return path, line


def test_arguments_survive_the_command_line(fake, prog):
    rng = random.Random(1)
    arguments = ["", " ", "plain", "two words", 'say "hi"', "C:\\", "C:\\a b\\", '\\\\"', "\\\\ \\",
                 "line\nline", "\u00e4\u20ac\U0001f600", "--memory", "--", "-x"]
    arguments += ["".join(rng.choice('a\\" \t') for _ in range(rng.randrange(8))) for _ in range(60)]
    path, line = _command_of(fake, prog, *arguments)
    assert path == "C:\\prog.exe"
    assert _parse(line) == [path, *arguments]


def test_a_name_with_spaces_is_quoted(fake, tmp_path):
    prog = tmp_path / "my program.exe"
    prog.write_bytes(b"x")
    assert _command_of(fake, prog) == ("C:\\my program.exe", '"C:\\my program.exe"')


def _volume(folder, image):
    """What is on the volume `image`: names and contents."""
    (folder / "image").write_bytes(image)
    out = folder / "files"
    out.mkdir()
    subprocess.run(["mcopy", "-s", "-n", "-i", folder / "image", "::/*", out], check=True)
    return {path.relative_to(out).as_posix(): path.read_bytes()
            for path in out.rglob("*") if path.is_file()}


def test_the_volume_has_the_program_and_what_is_beside_it(fake, prog, tmp_path):
    other, replaced = tmp_path / "a Library.dll", tmp_path / "NTDLL.dll"
    other.write_bytes(b"library")
    replaced.write_bytes(b"newer")
    done = run("--kernel", fake("dump_image"), "--with", other, "--with", replaced, prog)
    assert _volume(tmp_path, done.out) == {
        "own.exe": b"own", "NTDLL.dll": b"newer", "a Library.dll": b"library",
        "prog.exe": b"a program"}


def test_the_volume_has_a_folder_with_all_in_it(fake, prog, tmp_path):
    folder = tmp_path / "a Folder"
    (folder / "within").mkdir(parents=True)
    (folder / "one.txt").write_bytes(b"1")
    (folder / "within" / "two.txt").write_bytes(b"2")
    done = run("--kernel", fake("dump_image"), "--with", folder, prog)
    files = _volume(tmp_path, done.out)
    assert {name: files[name] for name in files if "/" in name} == {
        "a Folder/one.txt": b"1", "a Folder/within/two.txt": b"2"}


def test_names_differ_by_more_than_case(fake, prog, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "Folder").mkdir()
    (tmp_path / "two" / "folder").mkdir()
    (tmp_path / "one" / "Folder" / "a.txt").write_bytes(b"a")
    (tmp_path / "two" / "folder" / "b.txt").write_bytes(b"b")
    done = run("--kernel", fake("dump_image"), "--with", tmp_path / "one" / "Folder",
               "--with", tmp_path / "two" / "folder", prog)
    files = _volume(tmp_path, done.out)
    assert {name: files[name] for name in files if "/" in name} == {
        "Folder/a.txt": b"a", "Folder/b.txt": b"b"}
    plain = tmp_path / "folder"
    plain.write_bytes(b"a file")
    done = run("--kernel", fake("dump_image"), "--with", plain,
               "--with", tmp_path / "two" / "folder", prog)
    assert (done.code, done.err) == (2, b"tokos: a file and a folder of the same name: folder\n")


def test_names_that_mtools_would_take_for_something_else(fake, tmp_path):
    for name in ("what?.exe", "a:b.exe", 'a"b.exe', "a*.exe", "back\\slash.exe"):
        (tmp_path / name).write_bytes(b"x")
        done = run("--kernel", fake("dump_image"), tmp_path / name)
        assert (done.code, done.err) == (2, "tokos: TokOS's volume can have no file of this name: "
                                            f"{name}\n".encode())
    (tmp_path / "-x.exe").write_bytes(b"option")
    done = subprocess.run([str(TOKOS), "run", "--kernel", str(fake("dump_image")), "./-x.exe"],
                          cwd=tmp_path, capture_output=True, check=False, timeout=HOST_TIMEOUT)
    assert _volume(tmp_path, done.stdout)["-x.exe"] == b"option"


@pytest.mark.parametrize("name", ["own.exe", "own", "OWN", "C:\\own.exe"])
def test_a_program_of_the_volume(fake, name):
    assert _command_of(fake, name, "x") == ("C:\\own.exe", "C:\\own.exe x")


# Arguments, and what must be said about them; the exit code is 2.
USAGE_ERRORS = (
    (("missing.exe",), b"no such program on TokOS's own volume: missing.exe"),
    (("--with", "missing.dll", "own"), b"no such file: missing.dll"),
    (("--trace", "missing/trace", "own"), b"missing/trace: No such file"),
    (("--memory", "much", "own"), b"is not a size"),
    ((), b"required: PROG"),
)


@pytest.mark.parametrize("arguments, words", USAGE_ERRORS, ids=[e[1].decode() for e in USAGE_ERRORS])
def test_usage_error(fake, arguments, words):
    done = run("--kernel", fake("exits_42"), *arguments)
    assert words in done.err
    assert done.code == 2


# ---- with the real kernel

INPUTS = {
    "empty": b"",
    "text": b"one\ntwo\r\n",
    "escapes": b"\x10\x04\x10\x10\x04\x04\x10",
    "every byte": bytes(range(256)) * 40,
    "much": random.Random(2).randbytes(60000),
}


@pytest.mark.parametrize("name", INPUTS)
def test_bytes_pass_as_they_are(prog, name):
    done = run(*ECHO, prog, stdin=INPUTS[name])
    assert done.out == INPUTS[name]
    assert done.err.startswith(b"# the input is over\n")


def test_bytes_pass_on_a_small_old_machine(prog):
    done = run(*ECHO, "--cpu", "486", "--memory", "16M", prog, stdin=INPUTS["every byte"])
    assert done.out == INPUTS["every byte"]


def test_closed_input_is_over(prog):
    done = subprocess.run(f"{TOKOS} run {' '.join(map(str, ECHO))} {prog} <&-", shell=True,
                          capture_output=True, timeout=HOST_TIMEOUT, check=False)
    assert done.stdout == b""
    assert done.stderr.startswith(b"# the input is over\n")


def test_a_slow_reader_gets_everything(prog):
    with subprocess.Popen([str(TOKOS), "run", *map(str, ECHO), str(prog)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        child.stdin.write(INPUTS["much"])
        child.stdin.close()
        read = b""
        while part := child.stdout.read(4096):
            read += part
            time.sleep(0.02)
    assert read == INPUTS["much"]


def test_input_that_nobody_reads_holds_nothing_up(prog):
    done = run("--kernel", KERNEL, "--timeout", 60, prog, stdin=bytes(3 << 20))
    assert done.err.splitlines()[-1].startswith(b"exit code 0xC0000")   # it is no program
    assert done.out == b""
