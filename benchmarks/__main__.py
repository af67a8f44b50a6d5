"""`make bench`: every figure of the speed targets, each as a ratio within this run or against its own limit.

`python -m benchmarks roster` runs one part. Exit status 1 when a figure misses its limit.
"""

import logging
import os
import platform
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")


def main(chosen: list[str]) -> int:
    """Run the chosen parts, all without a choice, and print their figures."""
    from kam.embedded import provide

    provide()
    django.setup()
    logging.disable(logging.INFO)
    from benchmarks import access, channel, messages, messages_reach, pages, roster
    from benchmarks.place import own_database

    parts = {
        "roster": roster.figures,
        "access": access.figures,
        "pages": pages.figures,
        "channel": channel.figures,
        "messages": messages.figures,
        "reach": messages_reach.figures,
    }
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    missed = 0
    with own_database():
        for name in chosen or parts:
            for figure in parts[name]():
                print(f"{name:<8} {figure}", flush=True)
                missed += not figure.ok
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
