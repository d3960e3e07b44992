"""What a SQLite store must find around it before it is opened: a local disk, and nobody else's hands."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from store.errors import StoreError

# Numbers that Linux gives for a file system's kind (statfs(2)). Their locks or their shared memory
# are not those of one machine, and SQLite rests on both.
NETWORK: Mapping[int, str] = {
    0x6969: "NFS",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB2",
    0x517B: "SMB",
    0x564C: "NCP",
    0x65735546: "FUSE",
    0x01021997: "9P",
    0x5346414F: "AFS",
    0x6B414653: "AFS",
    0x73757245: "Coda",
    0x0BD00BD0: "Lustre",
    0x00C36400: "Ceph",
    0x7461636F: "OCFS2",
    0x01161970: "GFS2",
    0x47504653: "GPFS",
    0x19830326: "BeeGFS",
    0x786F4256: "VirtualBox",
    0xBACBACBC: "VMware",
}
_LOCAL: Mapping[int, str] = {
    0xEF53: "ext4",
    0x58465342: "XFS",
    0x9123683E: "Btrfs",
    0xF2F52010: "F2FS",
    0x2FC12FC1: "ZFS",
    0x794C7630: "overlay",
    0x01021994: "tmpfs",
    0x858458F6: "ramfs",
}
_SIDES = ("", "-wal", "-shm")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LEAST_FREE = 64 * 1024


def make_place(path: Path) -> None:
    """Make the folder, and an empty file that is its owner's alone, where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    refuse_network(path)
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def refuse_network(path: Path) -> None:
    """Refuse a file system that other machines share."""
    kind = NETWORK.get(file_system(path.parent))
    if kind is not None:
        raise StoreError("network_disk", path=str(path), kind=kind)


def refuse_exposed(path: Path) -> None:
    """Refuse a file that other users can read or change, or a folder in which they can replace it."""
    for side in _SIDES:
        file = path.with_name(path.name + side)
        mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else 0
        if mode & _OTHERS:
            raise StoreError("file_exposed", path=str(file), mode=f"{mode:04o}")
    folder = path.resolve().parent
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
        raise StoreError("folder_exposed", path=str(folder), mode=f"{mode:04o}")


def is_full(path: Path) -> bool:
    """Whether the disk of a file has no room left."""
    found = os.statvfs(path.parent)
    return found.f_bavail * found.f_frsize < _LEAST_FREE


def kind_of(folder: Path) -> str:
    """The name of a folder's file system, or its number where that is all that is known."""
    number = file_system(folder)
    return NETWORK.get(number) or _LOCAL.get(number) or f"{number:#x}"


def file_system(folder: Path) -> int:
    """The number of a folder's file system, 0 where the system has none."""
    if sys.platform != "linux":
        return 0
    import ctypes

    found = ctypes.create_string_buffer(512)
    if ctypes.CDLL(None).statfs(os.fsencode(folder), found):
        return 0
    return ctypes.c_long.from_buffer(found).value & 0xFFFFFFFF
