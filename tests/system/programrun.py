"""Runs one Win32 program on TokOS, by `tools/tokos run`."""
import re
import subprocess

from launcher import BUILD, HOST_TIMEOUT, ROOT, TOKOS

KERNEL = BUILD / "tokos.elf"
PROGRAMS = BUILD / "user" / "win32"

# Those that mean harm (docs/hostile.md).
HOSTILE = sorted(path.stem for path in (ROOT / "tests" / "user").glob("hostile_*.c"))


def run(program, *arguments, options=(), stdin=b""):
    """Run a program; return its exit code, its output and what came on standard error."""
    done = subprocess.run([str(TOKOS), "run", "--timeout", "60", "--kernel", str(KERNEL),
                           *map(str, options), str(program), *map(str, arguments)],
                          input=stdin, capture_output=True, timeout=HOST_TIMEOUT, check=False)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def verified(options):
    """The options, and the word of the command line that has the kernel look at itself at the end: a
    contradiction is a bugcheck."""
    options = list(options)
    if "--append" in options:
        options[options.index("--append") + 1] += " verify"
        return options
    return [*options, "--append", "verify"]


def check(program, *options, arguments=()):
    """Run a program that checks itself; all that it planned must be there and be right, and the
    kernel whole afterwards."""
    options = verified(options)
    dlls = [word for dll in sorted(PROGRAMS.glob("*.dll")) for word in ("--with", dll)]
    code, out, err = run(program, *arguments, options=(*options, *dlls))
    lines = out.decode(errors="replace").splitlines()
    plan = [line for line in lines if re.fullmatch(r"1\.\.\d+", line)]
    results = [line for line in lines if re.match(r"(not )?ok \d+", line)]
    assert code == 0, "\n".join(line for line in lines if line.startswith("not ok")) + err
    assert plan == [f"1..{len(results)}"] and results
