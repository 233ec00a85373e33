/**
 * The hidden link from an object of the program to our record: a private field stamped on it. No reflection shows it,
 * no `inspect` prints it, it works on frozen objects, and reading it costs a tenth of a WeakMap's lookup. Only a debugger
 * shows it; the build gives it the name `#nettrace` (scripts/hook.mjs, which knows the classes below by their form).
 */
class Same {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is how a private field gets onto a foreign object
    return object as Same;
  }
}

// The hot kinds have a class of their own, written out: the engine's inline caches belong to the text of a function, and
// one that meets many kinds of objects falls back to a slow lookup, twenty times a request.

class RequestStamp extends Same {
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
    else new RequestStamp(object, record);
  }
}

class ResponseStamp extends Same {
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
    else new ResponseStamp(object, record);
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

type Get = <T>(object: object) => T | undefined;

/** The record linked to a request of `http`. */
export const linkedToRequest = RequestStamp.get as Get;
export const linkRequest = RequestStamp.set;
/** The record linked to a response of `http`. */
export const linkedToResponse = ResponseStamp.get as Get;
export const linkResponse = ResponseStamp.set;
/** What is linked to any other object: the kind of object says what it is (socket, agent, request of undici, error). */
export const linked = Stamp.get as Get;
export const link = Stamp.set;
