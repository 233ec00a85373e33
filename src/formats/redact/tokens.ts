/**
 * What stands for a text: the same for the same text of a trace, another for another text, and nothing that leads back.
 * The key is made for one copy and is never written.
 */
import { createHmac, randomBytes } from 'node:crypto';

/** `hex`: begins with a figure, as ids do. `letters`: has none, and is no word. `digits`: a decimal number. */
export type Form = 'hex' | 'letters' | 'digits';

const letters = 'ghijklmnopqrstuv';

/** Characters of the hash, by the length of what it stands for. */
const lengthFor = (text: string): number => (text.length <= 8 ? 8 : text.length <= 32 ? 16 : 32);

export class Tokens {
  readonly #key = randomBytes(32);
  readonly #made = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** `kind`: texts of different kinds have different tokens, except by chance. */
  of(kind: string, text: string, form: Form = 'letters', length = lengthFor(text)): string {
    return this.unique(`${kind} ${form} ${length}`, text, (hash) => formed(hash, form, length));
  }

  /** What `make` gives of the first hash whose result is not another text's already. */
  unique(kind: string, text: string, make: (hash: Buffer) => string): string {
    const name = `${kind}\0${text}`;
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    let token = '';
    // A small range may be full: then two texts have one token.
    for (let n = 0; n < 100; n++) {
      token = make(createHmac('sha256', this.#key).update(`${n}\0${name}`).digest());
      if (!this.#taken.has(`${kind}\0${token}`)) break;
    }
    this.#taken.add(`${kind}\0${token}`);
    this.#made.set(name, token);
    return token;
  }
}

function formed(hash: Buffer, form: Form, length: number): string {
  const hex = hash.toString('hex').slice(0, length);
  if (form === 'letters') return hex.replace(/./g, (c) => letters[Number.parseInt(c, 16)] as string);
  const first = String(Number.parseInt(hex[0] as string, 16) % 10);
  if (form === 'hex') return first + hex.slice(1);
  return first + hex.slice(1).replace(/[a-f]/g, (c) => String(Number.parseInt(c, 16) % 10));
}
