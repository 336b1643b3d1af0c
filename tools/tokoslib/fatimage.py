"""Makes FAT images with mtools, the same bytes from the same files.

Clusters are of 4 KB and begin at multiples of 4 KB, so that a page of a file is a page of the image.
"""
import os
import struct
import subprocess
from pathlib import Path

from .errors import EXIT_CUT_SHORT, TokosError

SECTOR = 512
CLUSTER = 4096
CLUSTER_SECTORS = CLUSTER // SECTOR
ROOT_ENTRIES = 512
DIRECTORY_SLOT = 32
SPARE_CLUSTERS = 16
SERIAL = "54 4F 4B 53"
LABEL = "TOKOS"
FORBIDDEN = set('"*:<>?|\\')
EPOCH = "946684800"             # 2000-01-01, the date of what mtools makes itself
ENVIRONMENT = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "MTOOLS_SKIP_CHECK": "1",
               "SOURCE_DATE_EPOCH": EPOCH}


def _check_names(files):
    """No name may be one that FAT, or mtools on the way there, takes for something else."""
    folders = {folder.lower() for folder in _folders(files)}
    for _, name in files:
        if FORBIDDEN & set(name) or any(ord(c) < 32 for c in name):
            raise TokosError(f"TokOS's volume can have no file of this name: {name}")
        if name.lower() in folders:
            raise TokosError(f"a file and a folder of the same name: {name}")


def _mtools(*arguments):
    command = [str(argument) for argument in arguments]
    try:
        done = subprocess.run(command, env={**os.environ, **ENVIRONMENT}, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError:
        raise TokosError(f"cut short: {command[0]} is not installed; see `make doctor`",
                         EXIT_CUT_SHORT) from None
    if done.returncode != 0:
        raise TokosError(f"cut short: {command[0]}: {done.stderr.strip()}", EXIT_CUT_SHORT)


def _clusters(size):
    return -(-size // CLUSTER)


def _sectors_for(files):
    """Room for `files`, each with a slot or two of a directory that may be one of its own."""
    clusters = sum(_clusters(os.path.getsize(path)) + 2 for path, _ in files) + SPARE_CLUSTERS
    tables = -(-clusters * 4 // SECTOR)
    return clusters * CLUSTER_SECTORS + tables + ROOT_ENTRIES * DIRECTORY_SLOT // SECTOR + 64


def _format(image, sectors, reserved):
    image.unlink(missing_ok=True)
    _mtools("mformat", "-C", "-i", image, "-T", sectors, "-h", 16, "-s", 63, "-c", CLUSTER_SECTORS,
            "-R", reserved, "-r", ROOT_ENTRIES * DIRECTORY_SLOT // SECTOR,
            "-N", SERIAL.replace(" ", ""), "-v", LABEL, "::")


def _data_start(image):
    """The sector where the clusters begin (Microsoft's FAT specification, section 3.5)."""
    with open(image, "rb") as file:
        boot = file.read(SECTOR)
    reserved, tables, root, _, _, table_sectors = struct.unpack_from("<HBHHBH", boot, 14)
    return reserved + tables * table_sectors + root * DIRECTORY_SLOT // SECTOR


def _folders(files):
    """The folders of `files`, each before those within it."""
    found = {}
    for _, name in files:
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            found.setdefault(folder.lower(), folder)
    return list(found.values())


def _copy(image, folder, files):
    """Copy `files`, whose names are those in `folder`: all at once where they keep theirs."""
    kept = [path for path, name in files if Path(path).name == name]
    if kept:
        _mtools("mcopy", "-m", "-i", image, *kept, f"::/{folder}")
    for path, name in files:
        if Path(path).name != name:
            _mtools("mcopy", "-m", "-i", image, path, f"::/{folder}/{name}")


def create(image, files):
    """Write the FAT image `image` (a Path) with `files`, pairs of a host path and a name on the
    volume with slashes. A later one takes the place of an earlier one of the same name."""
    last = {name.lower(): (path, name) for path, name in files}
    files = [(Path(path).absolute(), name) for path, name in last.values()]
    _check_names(files)
    sectors = _sectors_for(files)
    _format(image, sectors, 1)
    _format(image, sectors, 1 + -_data_start(image) % CLUSTER_SECTORS)
    for folder in _folders(files):
        _mtools("mmd", "-i", image, f"::/{folder}")
    for folder in ("", *_folders(files)):
        _copy(image, folder, [(path, name.rpartition("/")[2]) for path, name in files
                              if name.rpartition("/")[0].lower() == folder.lower()])
