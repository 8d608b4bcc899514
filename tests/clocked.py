"""How much of the processor a call takes, told so that the rest of the tests does not count."""

from collections.abc import Callable
from contextlib import suppress
from time import thread_time

from openqi.kernel.errors import OpenQIError


def fair(spent: float, most: float, call: Callable[[], object]) -> float:
    """Return what a call takes of the processor, in seconds: `spent`, or the least of two more tries where that is over `most`.

    A collection of the garbage of thousands of other tests falls into any call; what is slow by itself is slow each time.
    """
    for _ in range(2):
        if spent <= most:
            break
        start = thread_time()
        with suppress(OpenQIError):
            call()
        spent = min(spent, thread_time() - start)
    return spent
