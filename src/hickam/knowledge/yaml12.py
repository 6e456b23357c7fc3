"""YAML 1.2 as packs use it: `no` is a word, a date is a string, and a key written twice is refused."""

from __future__ import annotations

import re
from typing import Any

import yaml


class _Loader(yaml.CSafeLoader):
    """CSafeLoader with the YAML 1.2 core schema and no silent duplicate keys."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|~|)$"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?\d+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:\.\d+|\d+\.\d*)(?:[eE][-+]?\d+)?$|^[-+]?\d+[eE][-+]?\d+$"),
    list("-+.0123456789"),
)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int | float | bool | None):
            line = key_node.start_mark.line + 1
            raise yaml.constructor.ConstructorError(None, None, f"a key must be a word or a number (line {line})")
        if key in seen:
            line = key_node.start_mark.line + 1
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is written twice (line {line})")
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    return int(str(loader.construct_scalar(node)))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)


def read_yaml(data: bytes) -> Any:
    """Parse one YAML document; raises yaml.YAMLError with the place."""
    return yaml.load(data, Loader=_Loader)


class _Dumper(yaml.SafeDumper):
    """Block style, lists of plain values on one line, keys in the order given."""

    def ignore_aliases(self, data: Any) -> bool:
        """Written out each time: a pack has no anchors."""
        return True


def _sequence(dumper: _Dumper, data: Any) -> yaml.Node:
    plain = all(isinstance(value, int | float) or (isinstance(value, str) and len(value) < 40) for value in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=plain)


_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(tuple, _sequence)


def write_yaml(data: Any, width: float = 118) -> str:
    """As text that ``read_yaml`` reads back the same."""
    return str(yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=width))
