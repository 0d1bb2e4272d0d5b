"""certbot, from the folder that it was put into: `certbot ARGUMENT...`."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from certbot.main import main  # noqa: E402

sys.exit(main())
