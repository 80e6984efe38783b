"""Validates YAML texts against a JSON Schema: {"schema", "cases": [{"name", "text"}]} in, {name: is valid} out."""
import json
import sys

import jsonschema
import yaml

given = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(given["schema"])
validator = jsonschema.Draft202012Validator(given["schema"])
json.dump({case["name"]: validator.is_valid(yaml.safe_load(case["text"])) for case in given["cases"]}, sys.stdout)
