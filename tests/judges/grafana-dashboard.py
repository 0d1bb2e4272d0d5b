"""Reads a dashboard from a file or standard input, and tells where it is not what Grafana's own types say."""

import json
import sys
from pathlib import Path

from jsonschema import Draft7Validator


def problems(place, value, schema):
    for error in Draft7Validator(schema).iter_errors(value):
        # Of several alternatives the deepest complaint is the one about what was meant.
        deepest = max([error, *error.context], key=lambda each: len(each.absolute_path))
        path = [*error.absolute_path, *(deepest.relative_path if deepest is not error else [])]
        yield f"{'.'.join(str(part) for part in [*place, *path])}: {deepest.message}"


def main():
    schemas = json.loads(Path(__file__).with_name("grafana-schema.json").read_text())
    text = Path(sys.argv[1]).read_text() if len(sys.argv) > 1 else sys.stdin.read()
    dashboard = json.loads(text)
    found = list(problems([], dashboard, schemas["dashboard"]))
    panels = dashboard.get("panels", []) if isinstance(dashboard, dict) else []
    for at, panel in enumerate(panels):
        kind = panel.get("type") if isinstance(panel, dict) else None
        if kind == "row":
            continue
        schema = schemas["panels"].get(kind)
        if schema is None:
            found.append(f"panels.{at}.type: no such panel: {kind}")
            continue
        found += problems(["panels", at, "options"], panel.get("options", {}), schema["options"])
        custom = panel.get("fieldConfig", {}).get("defaults", {}).get("custom")
        if custom is not None:
            found += problems(["panels", at, "custom"], custom, schema["custom"] or {"enum": [{}]})
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(bool(found))


main()
