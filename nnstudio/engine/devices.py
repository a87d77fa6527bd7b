"""Tries devices: what counts is a kernel that ran and gave the right number, not what is announced."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import torch

from nnstudio.spec.diagnosis import DeviceTrial

SIZE = 64
"""Side of the matrices: small enough to be over at once, large enough to run the kernels that training runs."""
TIMES = 3
"""The fastest of so many is told: a thread that had to be woken says nothing about the device."""


def devices() -> list[str]:
    """The devices that PyTorch tells of, the CPU first."""
    found = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        found.append("mps")
    if torch.xpu.is_available():
        found += [f"xpu:{index}" for index in range(torch.xpu.device_count())]
    return found


def is_there(device: str) -> bool:
    """Whether PyTorch tells of such a device at all, which is asked in no time."""
    match device.partition(":")[0]:
        case "cuda":
            return torch.cuda.is_available()
        case "mps":
            return torch.backends.mps.is_available()
        case _:
            return True


def try_device(device: str) -> DeviceTrial:
    """Multiply two matrices on ``device`` and take the gradient, a few times: the first one loads what it needs."""
    try:
        with threads_restored():
            torch.set_num_threads(1)  # more would wait for each other where the machine is busy
            product, slope = _multiply(device)
            seconds = min(_seconds(device) for _ in range(TIMES))
    except (RuntimeError, AssertionError) as error:  # what PyTorch raises for what is not there or not built in
        return DeviceTrial(device, _name(device), problem=_first_line(error))
    right = product == SIZE**3 and slope == 2 * SIZE**3
    return DeviceTrial(device, _name(device), 1000 * seconds, "" if right else "It computed a wrong result.")


def _seconds(device: str) -> float:
    started = perf_counter()
    _multiply(device)
    return perf_counter() - started


def _multiply(device: str) -> tuple[float, float]:
    """The sum of the product of two matrices of ones, and of its gradient."""
    ones = torch.ones(SIZE, SIZE, device=device, requires_grad=True)
    product = (ones @ ones).sum()
    (slope,) = torch.autograd.grad(product, ones)
    return product.item(), slope.sum().item()


def _name(device: str) -> str:
    kind, _, index = device.partition(":")
    try:
        if kind == "cuda":
            return torch.cuda.get_device_name(int(index or 0))
        if kind == "xpu":
            return torch.xpu.get_device_name(int(index or 0))
    except (RuntimeError, AssertionError):
        return device
    return "Apple graphics" if kind == "mps" else platform.processor() or platform.machine()


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return text[0].strip().rstrip(".") + "." if text else f"{type(error).__name__}."


@contextmanager
def threads_restored() -> Iterator[None]:
    """Undo every change of PyTorch's number of threads in the end."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)
