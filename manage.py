#!/usr/bin/env python
"""Administrative commands; see docs/operations.md."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")
    from django.core.management import execute_from_command_line

    from kam.embedded import provide

    provide()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
