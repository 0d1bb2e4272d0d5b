"""gixy-next, from the folder that it was put into: `gixy ARGUMENT...`."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "gixy"))

from gixy.cli.main import main  # noqa: E402

main()
