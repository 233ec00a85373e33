/**
 * The hidden link from an object of the program to our record: a private field stamped on it. No reflection shows it,
 * no `inspect` prints it, it works on frozen objects, and reading it costs a tenth of a WeakMap's look-up.
 */
class Same {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field gets onto a foreign object
    return object as Same;
  }
}

class Stamp extends Same {
  #record: unknown;
  constructor(object: object, record: unknown) {
    super(object);
    this.#record = record;
  }
  static get(object: object): unknown {
    return #record in object ? object.#record : undefined;
  }
  static set(object: object, record: unknown): void {
    if (#record in object) object.#record = record;
    else new Stamp(object, record);
  }
}

/** The record linked to an object. The kind of object says which record it is: socket, request, response, agent. */
export const linked = Stamp.get as <T>(object: object) => T | undefined;
export const link = Stamp.set;
