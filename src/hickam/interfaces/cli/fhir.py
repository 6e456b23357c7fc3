"""``hickam fhir``: what a record gives, a case as a Bundle, the Questionnaire, knowledge and
its red flags, the capability statement."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from typing import Any

import msgspec

from hickam.errors import HickamError
from hickam.interfaces.cli.assess import as_of_date, decoded, read_case, read_input
from hickam.interfaces.fhir.capability import capability
from hickam.interfaces.fhir.case_out import case_bundle
from hickam.interfaces.fhir.cql_out import red_flags_cql
from hickam.interfaces.fhir.knowledge_out import knowledge_bundle
from hickam.interfaces.fhir.questionnaire import questionnaire
from hickam.interfaces.fhir.reading import Read, read_fhir
from hickam.services.conditions import wanted_condition
from hickam.services.described_case import describe_case
from hickam.services.knowledge import Knowledge, open_knowledge


def fhir_command(options: argparse.Namespace) -> int:
    """Run one of the actions."""
    knowledge = open_knowledge(options.pack)
    if options.action == "read":
        return _read(knowledge, options)
    if options.action == "bundle":
        case = read_case(options.case, knowledge, options)
        sys.stdout.buffer.write(as_json(case_bundle(knowledge.pack, case, as_of_date(options.as_of))))
        return 0
    if options.action == "cql":
        sys.stdout.buffer.write(red_flags_cql(knowledge.pack).encode())
        return 0
    if options.action == "knowledge":
        chosen = wanted_condition(knowledge.pack, options.condition, "CONDITION") if options.condition else ""
        resource = knowledge_bundle(knowledge.pack, chosen)
    elif options.action == "questionnaire":
        resource = questionnaire(knowledge.pack, reader=options.reader, scope=options.scope)
    else:
        resource = capability(knowledge.pack, datetime.date.today().isoformat())
    sys.stdout.buffer.write(as_json(resource))
    return 0


def as_json(resource: object) -> bytes:
    """FHIR JSON, as it is written to a file or standard output."""
    return json.dumps(resource, indent=2, ensure_ascii=False).encode() + b"\n"


def _read(knowledge: Knowledge, options: argparse.Namespace) -> int:
    name, text = read_input(options.bundle)
    if not name.endswith(".json"):
        raise HickamError(
            code="not-fhir",
            where=name,
            what="this is not a .json file",
            why="a record is read from FHIR JSON",
            fix="give a Bundle in a .json file, or - for standard input",
        )
    read = read_fhir(decoded(name, text), knowledge, as_of_date(options.as_of))
    if options.format == "json":
        data = {
            "case": describe_case(knowledge.pack, read.case),
            "used": read.used,
            "ignored": read.ignored,
        }
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")
    else:
        print(_words(knowledge, read))
    return 0


def _words(knowledge: Knowledge, read: Read) -> str:
    """The reading as a table: resource, what it says; then what was not used and why."""
    shown = describe_case(knowledge.pack, read.case)
    age = "age not known" if shown.age is None else f"{shown.age:g} years"
    lines = [f"{age}, {shown.sex or 'sex not known'} · {shown.setting.replace('_', ' ')}", "", "USED"]
    pointing: tuple[Any, ...] = (
        *shown.findings,
        *shown.known_conditions,
        *shown.ruled_out,
        *shown.medications,
        *shown.allergies,
    )
    told = {given.resource.partition("#")[0] for given in pointing}
    lines += [f"  {name}: the case as a whole (age, sex, setting, story)" for name in read.used if name not in told]
    for finding in shown.findings:
        value = "" if finding.value is None else f" {finding.value:g}" if isinstance(finding.value, float) else ""
        if isinstance(finding.value, str):
            value = f": {finding.value}"
        unit = f" {finding.unit}" if finding.unit else ""
        lines.append(f"  {finding.resource or '(given)'}: {finding.state} {finding.name}{value}{unit}")
    lines += [f"  {k.resource}: known {k.name} ({k.status})" for k in shown.known_conditions]
    lines += [f"  {k.resource}: ruled out {k.name}" for k in shown.ruled_out]
    lines += [f"  {m.resource}: {'takes' if m.current else 'took'} {m.name}" for m in shown.medications]
    lines += [f"  {a.resource}: {'' if a.confirmed else 'possible '}allergy to {a.name}" for a in shown.allergies]
    lines += ["", f"NOT USED ({len(read.ignored)})"]
    lines += [f"  {i.resource}: {i.reason}" for i in read.ignored]
    lines += ["", *(f"note: {n}" for n in shown.notes if " not used: " not in n)]
    return "\n".join(lines).rstrip()
