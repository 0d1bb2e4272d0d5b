"""Documents of JSON and YAML, judged by a JSON Schema: `schema-check SCHEMA FILE...`, or `schema-check SCHEMA -` with a list
of paths, one a line, on standard input. Of a stream of YAML all documents are judged."""

import json
import re
import sys
from pathlib import Path

import yaml
from jsonschema.validators import validator_for


class Loader(yaml.SafeLoader):
    """YAML 1.2 in one respect: `on` is a word."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def documents(path):
    text = Path(path).read_text()
    return [json.loads(text)] if path.endswith((".json", ".sarif")) else list(yaml.load_all(text, Loader=Loader))


def main():
    schema = json.loads(Path(sys.argv[1]).read_text())
    judge = validator_for(schema)(schema, format_checker=validator_for(schema).FORMAT_CHECKER)
    judge.check_schema(schema)
    paths = sys.argv[2:]
    if paths == ["-"]:
        paths = sys.stdin.read().splitlines()
    bad = not paths
    for path in paths:
        for value in documents(path):
            for error in judge.iter_errors(value):
                bad = True
                place = "/".join(str(part) for part in error.absolute_path)
                print(f"{path}: {place}: {error.message[:300]}", file=sys.stderr)
    sys.exit(bad)


main()
