"""moto.py ARGUMENT...: a stand-in of AWS."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "moto"))

from moto.server import main  # noqa: E402

main(sys.argv[1:])
