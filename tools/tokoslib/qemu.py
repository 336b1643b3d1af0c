"""Builds QEMU's command line from the launcher's options.

The machine is always the TCG-emulated PC with a VGA card, a PS/2 keyboard, one serial port and the
isa-debug-exit device at port 0xF4, which carries the kernel's verdict.
"""
from pathlib import Path

QEMU = "qemu-system-i386"

# The kernel's words travel through GRUB in SMBIOS: iso/grub.cfg takes them from the machine's
# serial number when that begins with this mark. Every PC has that field, so that a boot by hand
# without it is silent too, which is not so for the OEM strings (GRUB waits after an error).
SMBIOS_MARK = "tokos:"


def escape(value):
    """`value` as the value of one QEMU option: commas are doubled."""
    return str(value).replace(",", ",,")


def kernel_words(opts):
    """The kernel's command line."""
    words = [opts.append] if opts.append else []
    if opts.seed is not None:
        words.append(f"seed={opts.seed}")
    return " ".join(words)


def machine(opts):
    """Processor, memory, clock and the devices every run has."""
    args = ["-accel", "tcg", "-M", opts.machine, "-m", opts.memory, "-nodefaults", "-no-reboot",
            "-vga", "std", "-display", opts.display or "none",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
    if opts.cpu:
        args += ["-cpu", opts.cpu]
    if opts.icount:
        args += ["-icount", "shift=0,sleep=off", "-rtc", "base=2000-01-01,clock=vm"]
    if opts.seed is not None:
        args += ["-seed", str(opts.seed)]
    return args


def modules(opts):
    """The boot modules for a --kernel run: those named, or all files in modules/ beside it."""
    if opts.module is not None:
        return opts.module
    return sorted(path for path in Path(opts.kernel).parent.glob("modules/*") if path.is_file())


def boot(opts, plain):
    """The boot medium and the kernel's words.

    plain(path) gives a name without spaces for a file: QEMU splits the names of the kernel and of
    the modules from their words at the first space.
    """
    words = kernel_words(opts)
    if opts.iso:
        args = ["-boot", "d", "-cdrom", str(opts.iso)]
        return args + ["-smbios", f"type=1,serial={SMBIOS_MARK}{escape(words)}"] if words else args
    args = ["-kernel", plain(opts.kernel)]
    if words:
        args += ["-append", words]
    files = [f"{escape(plain(path))} {escape(Path(path).name)}" for path in modules(opts)]
    return args + ["-initrd", ",".join(files)] if files else args


# The disks' places on the two IDE channels; the ISO's drive is the first of the second channel.
DISK_PLACES = ((0, 0), (0, 1), (1, 1), (1, 0))


def disks(opts):
    """Raw images as IDE disks. The q35 has no IDE controller of its own and is given one."""
    args = []
    bus = "ide"
    if opts.machine == "q35" and opts.disk:
        bus = "legacy"
        args += ["-device", f"piix3-ide,id={bus}"]
    for number, ((channel, unit), path) in enumerate(zip(DISK_PLACES, opts.disk)):
        args += ["-drive", f"file={escape(path)},format=raw,if=none,id=disk{number}",
                 "-device", f"ide-hd,drive=disk{number},bus={bus}.{channel},unit={unit}"]
    return args


def gdb_server(address):
    """QEMU's gdb server, waiting at the first instruction. `address` is HOST:PORT, or the path of
    a UNIX socket."""
    if "/" in address:
        return ["-S", "-chardev", f"socket,id=gdb,path={escape(address)},server=on,wait=off",
                "-gdb", "chardev:gdb"]
    return ["-S", "-gdb", f"tcp:{address}"]


def command(opts, wiring, plain=str):
    """The whole command as a list. `wiring` are the arguments for the serial port and the logs."""
    args = [QEMU, *machine(opts), *boot(opts, plain), *disks(opts), *wiring]
    return args + gdb_server(opts.gdb) if opts.gdb else args
