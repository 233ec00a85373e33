/** The published JSON Schemas of HAR 1.2 (npm har-schema, draft 6). */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIPv4, isIPv6 } from 'node:net';
import { Ajv, type ValidateFunction } from 'ajv';
import { nanosecondsOf } from '../shared/time';

function compile(): ValidateFunction {
  const require = createRequire(import.meta.url);
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addMetaSchema(JSON.parse(readFileSync(require.resolve('ajv/dist/refs/json-schema-draft-06.json'), 'utf8')));
  ajv.addFormat('ipv4', (text: string) => isIPv4(text));
  ajv.addFormat('ipv6', (text: string) => isIPv6(text));
  ajv.addFormat('date-time', (text: string) => nanosecondsOf(text) !== undefined);
  ajv.addFormat('uri', (text: string) => URL.canParse(text));
  for (const schema of Object.values(require('har-schema') as Record<string, object>)) ajv.addSchema(schema);
  const validate = ajv.getSchema('har.json#');
  if (!validate) throw new Error('har-schema has no har.json');
  return validate;
}

let validate: ValidateFunction | undefined;

/** Faults of a HAR document; none: it is valid. */
export function harErrors(har: unknown): string[] {
  validate ??= compile();
  validate(har);
  return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
}
