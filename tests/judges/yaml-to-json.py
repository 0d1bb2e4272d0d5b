"""Reads YAML 1.1 from standard input, as many users' tools still do, and prints the list of its documents as JSON.

What 1.1 takes for something that JSON lacks (a date, a set, bytes) is an error: the writer forgot to quote it.
"""

import json
import sys

import yaml

MERGE = "tag:yaml.org,2002:merge"

def no_duplicates(loader, node, deep=False):
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value if key.tag != MERGE]
    for key in keys:
        if not isinstance(key, str):
            sys.exit(f"yaml-to-json: the key {key!r} is no text, {node.start_mark}")
        if keys.count(key) > 1:
            sys.exit(f"yaml-to-json: the key {key!r} stands twice, {node.start_mark}")
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


class Loader(yaml.SafeLoader):
    pass


Loader.add_constructor("tag:yaml.org,2002:map", no_duplicates)

try:
    print(json.dumps(list(yaml.load_all(sys.stdin.buffer, Loader)), allow_nan=False))
except (yaml.YAMLError, TypeError, ValueError) as error:
    sys.exit(f"yaml-to-json: {error}")
