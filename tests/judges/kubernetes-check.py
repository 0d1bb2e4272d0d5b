"""Objects of Kubernetes, judged by the schemas of kubernetes-validate, in which unknown keys are refused, at the first and the
last version of `VERSIONS`; those of other API groups by the schemas of their definitions, `SCHEMAS/GROUP_VERSION_KIND.json`. A kind without
a schema is refused.

`kubernetes-check [--schemas SCHEMAS] [--since VERSION] FILE...` reads files of YAML; what is written for a later version than the
first is judged from that one on; `-` stands for a list of paths, one a line, on standard
input. One process reads all of them: what takes time is to load the schemas."""

import functools
import json
import re
import sys
from pathlib import Path

import yaml
from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

VERSIONS = ["1.33", "1.34", "1.35", "1.36", "1.37"]
OWN = Path(__file__).with_name("kubernetes-validate") / "kubernetes_validate" / "kubernetes-json-schema"


def read(path):
    return Resource.from_contents(json.loads(path.read_text()), default_specification=DRAFT202012)


@functools.cache
def registry(version):
    return read(OWN / f"v{version}.0-local-strict" / "_definitions.json") @ Registry()


@functools.cache
def validator(version, kind, api):
    # As kubernetes-validate finds them: `rbac.authorization.k8s.io/v1` is `rbac-v1`.
    short = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api)
    path = OWN / f"v{version}.0-local-strict" / f"{kind.lower()}-{short}.json"
    if not path.is_file():
        return None
    schema = read(path)
    return Draft202012Validator(schema.contents, registry=schema @ registry(version))


@functools.cache
def definition(schemas, kind, api):
    path = Path(schemas) / f"{api.replace('/', '_')}_{kind.lower()}.json" if schemas else None
    if path is None or not path.is_file():
        return None
    schema = json.loads(path.read_text())
    return validator_for(schema)(schema)


def problems(schemas, versions, value):
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str) or not isinstance(value.get("apiVersion"), str):
        yield "no object: it has no kind or no apiVersion"
        return
    kind, api = value["kind"], value["apiVersion"]
    name = (value.get("metadata") or {}).get("name")
    found = definition(schemas, kind, api)
    for version in versions:
        judge = found or validator(version, kind, api)
        if judge is None:
            yield f"{kind} {name}: no schema of {api} {kind} at {version}"
            continue
        for error in judge.iter_errors(value):
            # Of several alternatives the deepest complaint is the one about what was meant.
            deepest = max([error, *error.context], key=lambda each: len(each.absolute_path))
            path = ".".join(str(part) for part in deepest.absolute_path)
            yield f"{kind} {name} at {version}: {path}: {deepest.message[:300]}"


def main():
    paths = sys.argv[1:]
    schemas = None
    if paths[:1] == ["--schemas"]:
        schemas, paths = paths[1], paths[2:]
    first = VERSIONS[0]
    if paths[:1] == ["--since"]:
        first, paths = paths[1], paths[2:]
    if first not in VERSIONS:
        sys.exit(f"no schemas of {first}")
    versions = sorted({first, VERSIONS[-1]})
    if paths == ["-"]:
        paths = sys.stdin.read().splitlines()
    bad = False
    for path in paths:
        try:
            values = list(yaml.load_all(Path(path).read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        except (OSError, yaml.YAMLError) as error:
            bad = True
            print(f"{path}: {error}", file=sys.stderr)
            continue
        for value in values:
            for problem in problems(schemas, versions, value) if value is not None else ():
                bad = True
                print(f"{path}: {problem}", file=sys.stderr)
    sys.exit(bad)


main()
