"""Compare sides in one run: they take turns, and only ratios of their medians are told."""

import argparse
import statistics
import time
from collections.abc import Callable

__all__ = ["median_seconds", "repetitions", "report"]


def repetitions(description: str | None, default: int) -> int:
    """Return how often each side runs, from the option ``--repeat``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--repeat", type=int, default=default, help=f"runs of each ({default})")
    return int(parser.parse_args().repeat)


def median_seconds(repeat: int, **sides: Callable[[], object]) -> dict[str, float]:
    """Run the sides in turn, ``repeat`` times, and return the median time of each."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeat):
        for name, run in sides.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def report(what: str, ratio: float, aim: float, *, correct: bool = True) -> None:
    """Print a ratio and whether it reaches its aim; a wrong result reaches none."""
    verdict = "reached" if ratio <= aim and correct else "missed"
    print(f"{what}: {ratio:.2g} (aim: at most {aim:g}, {verdict})", flush=True)
