"""Runs one program over untrusted bytes where it can do no harm: a process of its own, never imported.

Started as `python -I confined.py PROGRAM CPU_SECONDS [ARGUMENT…]` by `core/child.py`, with an empty
environment. A program is a Python file with `MEMORY_BYTES`, `rehearse()` and `answered(given, *arguments)`.
What it is given arrives on stdin and its answer leaves on stdout, so that nothing unsealed touches a disk.
"""

import importlib.util
import os
import resource
import sys
from pathlib import Path
from types import ModuleType


def loaded(path: str) -> ModuleType:
    """The program as a module, not run yet."""
    spec = importlib.util.spec_from_file_location("program", path)
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    # Data classes look their own module up while they are made.
    sys.modules["program"] = program
    spec.loader.exec_module(program)
    return program


def confine(memory_bytes: int, cpu_s: int) -> None:
    """Take away what reading does not need: memory, time, files, sockets, children, and its turn.

    With no descriptor left to hand out, a program gone astray can neither open a file nor call home.
    """
    os.nice(10)
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        lowered = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (lowered, lowered))


def main() -> None:
    """Rehearse, so that what libraries load late is loaded while files still open; confine; then listen."""
    path, cpu_s, *arguments = sys.argv[1:]
    # Last, so that a folder of ours never stands in for a library.
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    program = loaded(path)
    program.rehearse()
    confine(program.MEMORY_BYTES, int(cpu_s))
    sys.stdout.buffer.write(program.answered(sys.stdin.buffer.read(), *arguments))


if __name__ == "__main__":
    main()
