"""For programs: what libraries say to programmers does not reach a program's users."""

import logging
import sys
import warnings


def quiet_libraries() -> None:
    """Drops warnings, and what is logged while nobody has set up logging.

    A damaged picture can make thousands of such lines, and an error tells what is wrong with it.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.lastResort = None
