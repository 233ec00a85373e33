/**
 * Checks of values against schemas. To make one takes milliseconds, and the first lines of a program need eight at once: so
 * the build makes them. Where the sources run as they are, each is made at its first use.
 */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Errors } from 'typebox/value';
import { builtChecks } from './builtChecks';

export class Check {
  private accepts: ((value: unknown) => boolean) | undefined;

  constructor(
    private readonly schema: TSchema,
    /** In `builtChecks`. */
    private readonly name: string,
  ) {}

  /** Whether the value is what the schema says. */
  passes(value: unknown): boolean {
    this.accepts ??= builtChecks[this.name]?.() ?? compiled(this.schema);
    return this.accepts(value);
  }

  /** What is wrong with a value that does not pass. */
  firstError(value: unknown): TLocalizedValidationError | undefined {
    return Errors(this.schema, value)[0];
  }
}

function compiled(schema: TSchema): (value: unknown) => boolean {
  const validator = Compile(schema);
  return (value) => validator.Check(value);
}

/** A check for each schema of a table, one where it is the same schema. `prefix`: of their names in `builtChecks`. */
export function checksOf<K extends string>(schemas: Readonly<Record<K, TSchema>>, prefix: string): Record<K, Check> {
  const checks = new Map<TSchema, Check>();
  for (const [key, schema] of Object.entries<TSchema>(schemas))
    if (!checks.has(schema)) checks.set(schema, new Check(schema, prefix + key));
  const entries = Object.entries<TSchema>(schemas).map(([key, schema]) => [key, checks.get(schema)]);
  return Object.fromEntries(entries) as Record<K, Check>;
}
