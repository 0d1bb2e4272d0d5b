"""checkov, from the folder that it was put into: `checkov ARGUMENT...`. Nothing is fetched, and nothing is sent."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkov"))

from checkov.main import Checkov  # noqa: E402

sys.exit(Checkov([*sys.argv[1:], "--skip-download"]).run())
