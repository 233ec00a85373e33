/** The schema of rules files as editors read it: docs/rules.schema.json, made by `node scripts/schema.mjs`. */
import { rulesFile } from './rulesFile';

/** JSON Schema, draft 7 (what VS Code validates by). */
export function publishedRulesSchema(): string {
  const head = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'rules.schema.json',
    title: 'Rules file of nettrace check, version 1',
  };
  return `${JSON.stringify({ ...head, ...rulesFile }, undefined, 2)}\n`;
}
