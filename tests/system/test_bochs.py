"""The self-tests in Bochs, which is stricter than QEMU: it keeps global translations over a CR3 load
and checks segment limits. It has no exit device, so its serial line is watched for the last word."""
import re
import subprocess
import time

import kernelrun
import ktap
import pytest
from launcher import BUILD, tail

pytestmark = pytest.mark.xdist_group("bochs")

ISO = BUILD / "selftest.iso"
SECONDS = 120
LAST_WORD = re.compile(r"^# \d+ of \d+ passed|^\*\*\* STOP", re.M)

SETTINGS = """\
cpu: model={model}, ips=100000000
megs: {megabytes}
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path={iso}, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={serial}
clock: sync=none, time0=1000000000
display_library: rfb, options="timeout=0"
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
log: {log}
panic: action=fatal
"""


def self_test(folder, model, megabytes):
    """Boot the CD that runs the self-tests; return what came over the serial line."""
    serial, settings, commands = (folder / name for name in ("serial", "settings", "commands"))
    settings.write_text(SETTINGS.format(model=model, megabytes=megabytes, iso=ISO, serial=serial,
                                        log=folder / "log"))
    commands.write_text("continue\n")
    bochs = subprocess.Popen(["bochs", "-q", "-f", str(settings), "-rc", str(commands)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + SECONDS
    said = ""
    try:
        while not LAST_WORD.search(said) and bochs.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
            said = serial.read_text(errors="replace").replace("\r", "") if serial.exists() else ""
    finally:
        bochs.kill()
        bochs.wait()
    return said


@pytest.mark.parametrize("model, megabytes", [
    ("pentium", 32),                    # large pages, but no global ones
    ("p3_katmai", 64),                  # both, and SSE
    ("corei7_sandy_bridge_2600k", 128),
])
def test_self_tests(tmp_path, model, megabytes):
    assert ISO.exists(), "build it with `make check`"
    said = self_test(tmp_path, model, megabytes)
    report = ktap.parse(said)
    assert report.errors == [], tail(said)
    failed = [result.name for result in report.results if not result.ok or result.skipped]
    assert failed == [], tail(said)
    assert sorted(result.name for result in report.results) == kernelrun.test_names()
