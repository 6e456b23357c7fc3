// Runs a CQL library over FHIR bundles with programs that are not ours: the reference translator and cql-execution.
// usage: node cql.mjs LIBRARY.cql YYYY-MM-DD < bundles. Input: one JSON object a line, {name, bundle}.
// Output: one object a line for each bundle, {name, fired, urgency}, then {bundles, seconds}. Exit code 2: it does not compile.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import {
  CqlTranslator, LibraryManager, ModelManager, createModelInfoProvider, stringAsSource,
} from '@cqframework/cql/cql-to-elm';
import { SystemModelInfoProvider } from '@cqframework/cql/cql';

const require = createRequire(import.meta.url);
const cql = require('cql-execution');
const fhir = require('cql-exec-fhir');
const [path, day] = process.argv.slice(2);

function compiled() {
  const models = new ModelManager();
  const fhirModel = readFileSync(require.resolve('cql-exec-fhir/lib/modelInfos/fhir-modelinfo-4.0.1.xml'), 'utf-8');
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((id) => (id === 'FHIR' ? stringAsSource(fhirModel) : null)),
  );
  const translator = CqlTranslator.fromText(readFileSync(path, 'utf-8'), new LibraryManager(models));
  const errors = translator.errors.asJsReadonlyArrayView();
  if (errors.length) {
    for (const error of errors) console.error(`${error.locator?.toLocator?.() ?? ""} ${error.message}`);
    process.exit(2);
  }
  return new cql.Library(JSON.parse(translator.toJson()));
}

const began = process.hrtime.bigint();
const library = compiled();
const [year, month, date] = day.split('-').map(Number);
const executor = new cql.Executor(library, null, { 'As of': new cql.Date(year, month, date) });
const source = fhir.PatientSource.FHIRv401();
let bundles = 0;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (!line.trim()) continue;
  const { name, bundle } = JSON.parse(line);
  source.loadBundles([bundle]);
  const [answer] = Object.values((await executor.exec(source)).patientResults);
  console.log(JSON.stringify({ name, fired: answer.Fired, urgency: answer.Urgency }));
  bundles += 1;
}
console.log(JSON.stringify({ bundles, seconds: Number(process.hrtime.bigint() - began) / 1e9 }));
