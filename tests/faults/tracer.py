"""Runs a function in a process of its own, where one call to the system goes wrong (ptrace(2))."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.calls import CALLS, files_of

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long

_TRACE_ME, _GET_REGISTERS, _SET_REGISTERS, _SYSCALL = 0, 12, 13, 24
_SET_OPTIONS, _GET_CALL = 0x4200, 0x420E
_OPTIONS = 0x1 | 0x2 | 0x4 | 0x8 | 0x100000  # mark calls, follow children and threads, kill at exit
_ALL_THREADS = 0x40000000
_RESULT, _THIRD, _NUMBER = 10, 12, 15  # rax, rdx and orig_rax in user_regs_struct
_SLOW_S = 0.2
_HANGS_S = 300

Registers = ctypes.c_ulonglong * 27


class _CallInfo(ctypes.Structure):
    """``struct ptrace_syscall_info``."""

    _fields_ = (
        ("kind", ctypes.c_uint8),
        ("machine", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("stack", ctypes.c_uint64),
        ("number", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at a call.

    Attributes:
        at: its number among those that touch the files in question.
        kind: "kill" ends the process before it; "slow" delays it; "short" reads or writes half; any
            other number is that of the error with which it fails.
    """

    at: int
    kind: str | int


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a process.

    Attributes:
        status: its exit code, or the negative number of the signal that ended it.
        calls: the names of its calls that touched the files in question, in order.
    """

    status: int
    calls: tuple[str, ...]


def run_with(
    work: Callable[[], int], folder: Path, printed: Path, fault: Fault | None = None
) -> Run:
    """Runs ``work`` in a forked process and follows its calls that touch files in ``folder``.

    Args:
        work: its result is the exit code.
        folder: an absolute path without links.
        printed: gets what is printed.
        fault: what goes wrong; nothing by default.
    """
    leader = os.fork()
    if leader == 0:
        _be_traced(work, printed)
    os.waitpid(leader, _ALL_THREADS)
    _ptrace(_SET_OPTIONS, leader, 0, _OPTIONS)
    _ptrace(_SYSCALL, leader)
    tracer = _Tracer(leader, str(folder), fault)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(leader, signal.SIGKILL))
    signal.alarm(_HANGS_S)
    try:
        return Run(tracer.follow(), tuple(tracer.calls))
    finally:
        signal.alarm(0)


def _be_traced(work: Callable[[], int], printed: Path) -> None:
    status = 70
    try:
        file = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        _ptrace(_TRACE_ME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        status = work()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(status)


def _ptrace(request: int, thread: int, address: int = 0, data: object = None) -> None:
    if _libc.ptrace(request, thread, address, data) < 0:
        raise OSError(ctypes.get_errno(), f"ptrace request {request:#x} failed")


class _Tracer:
    def __init__(self, leader: int, folder: str, fault: Fault | None) -> None:
        self.calls: list[str] = []
        self._leader = leader
        self._folder = folder
        self._fault = fault
        self._failing: dict[int, int] = {}

    def follow(self) -> int:
        while True:
            thread, status = os.waitpid(-1, _ALL_THREADS)
            if not os.WIFSTOPPED(status):
                if thread == self._leader:
                    return os.waitstatus_to_exitcode(status)
                continue
            stopped = os.WSTOPSIG(status)
            delivered = 0
            try:
                if stopped == signal.SIGTRAP | 0x80:
                    self._at_call(thread)
                elif status >> 16 == 0 and stopped not in (signal.SIGSTOP, signal.SIGTRAP):
                    delivered = stopped
                _ptrace(_SYSCALL, thread, 0, delivered)
            except ProcessLookupError:  # killed meanwhile
                continue

    def _at_call(self, thread: int) -> None:
        info = _CallInfo()
        _ptrace(_GET_CALL, thread, ctypes.sizeof(info), ctypes.byref(info))
        if info.kind == 2 and thread in self._failing:
            self._change(thread, _RESULT, -self._failing.pop(thread))
        call = CALLS.get(info.number) if info.kind == 1 else None
        if call is None:
            return
        files = files_of(call, thread, tuple(info.arguments))
        if not any(file.startswith(self._folder) for file in files):
            return
        self.calls.append(call.name)
        if self._fault is None or len(self.calls) - 1 != self._fault.at:
            return
        kind = self._fault.kind
        if kind == "kill":
            os.kill(self._leader, signal.SIGKILL)
        elif kind == "slow":
            time.sleep(_SLOW_S)
        elif kind == "short":
            if call.length is not None:
                self._change(thread, _THIRD, max(1, info.arguments[call.length] // 2))
        elif isinstance(kind, int):
            self._failing[thread] = kind
            self._change(thread, _NUMBER, -1)

    def _change(self, thread: int, register: int, value: int) -> None:
        registers = Registers()
        _ptrace(_GET_REGISTERS, thread, 0, ctypes.byref(registers))
        registers[register] = value % 2**64
        _ptrace(_SET_REGISTERS, thread, 0, ctypes.byref(registers))
