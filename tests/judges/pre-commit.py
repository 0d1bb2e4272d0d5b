"""pre-commit, from the folder that it was put into: `pre-commit ARGUMENT...`."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "pre-commit"))

from pre_commit.main import main  # noqa: E402

raise SystemExit(main())
