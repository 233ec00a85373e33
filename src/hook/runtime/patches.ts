/**
 * Every change that the hook makes to the program's environment, so that each can be removed and applied again. Removal
 * restores the same descriptor, own or inherited as it was. If other code has patched over ours since, ours stays below
 * it and passes calls through, as its handlers are off; applied again, it works there as before.
 */
import { nodeModule, syncExports } from './builtins';
import { resumeParts, suspendParts } from './guard';
import { passAll } from './ids';

interface Change {
  putOn(): void;
  takeBack(): void;
}

/**
 * Changes that observe the network, and those that last as long as the spool: exit handlers, the spool's descriptor.
 */
const network: Change[] = [];
const standing: Change[] = [];
let group = network;
const keepers: (() => void)[] = [];
const leaveHandlers: (() => void)[] = [];
let on = true;
let gone = false;

/** What a part keeps of requests and sockets that are under way is of no use once they are not followed any more. */
export const whenRemoved = (forget: () => void): void => void keepers.push(forget);

/** What a part has beside its patches (a timer) goes when the hook leaves the program. */
export const whenLeft = (leave: () => void): void => void leaveHandlers.push(leave);

/** The hook has left the program: any wrapper that is still referenced passes calls through. */
export const hasLeft = (): boolean => gone;

/** Something is traced now. */
export const arePatchesOn = (): boolean => on && !gone;

/** What is neither a property nor a channel. */
export const whilePatched = (change: Change): void => add(change);

/** What `install` changes stays until the hook leaves the program. */
export function untilTheEnd(install: () => void): void {
  group = standing;
  try {
    install();
  } finally {
    group = network;
  }
}

function add(change: Change): void {
  // A handler that was held back may come here after the removal: kept for the next time.
  group.push(change);
  if (on || group === standing) change.putOn();
}

type Descriptor = PropertyDescriptor | undefined;
const descriptorOf = Object.getOwnPropertyDescriptor;

const isSame = (a: Descriptor, b: Descriptor): boolean =>
  a === b || (a !== undefined && b !== undefined && a.value === b.value && a.get === b.get && a.set === b.set);

/**
 * Replaces a property. `make` gets the current descriptor (undefined: inherited) and returns the new one; undefined: do
 * not replace it. It is called again if the property has changed by the time the patches are applied again.
 */
export function patchProperty(
  object: object,
  name: PropertyKey,
  make: (before: Descriptor) => PropertyDescriptor | undefined,
  /** Descriptor to restore on removal, for a property that the program may have set through the accessor. */
  left?: () => Descriptor,
): void {
  let before: Descriptor;
  let ours: Descriptor;
  let buried = false;
  add({
    putOn() {
      const present = descriptorOf(object, name);
      if (ours !== undefined) {
        if (isSame(present, ours)) return;
        // Who patched over ours calls it still.
        if (buried && !isSame(present, before)) return;
      }
      if (ours === undefined || !isSame(present, before)) {
        before = present;
        ours = make(present);
      }
      buried = false;
      if (ours === undefined) return;
      try {
        Object.defineProperty(object, name, ours);
      } catch {
        // Frozen: this is not seen, the rest is.
        ours = undefined;
      }
    },
    takeBack() {
      if (ours === undefined) return;
      if (!isSame(descriptorOf(object, name), ours)) {
        buried = true;
        return;
      }
      if (left !== undefined) before = left();
      try {
        if (before === undefined) delete (object as Record<PropertyKey, unknown>)[name];
        else Object.defineProperty(object, name, before);
      } catch {
        // Frozen since: it passes through.
        buried = true;
      }
    },
  });
}

/** An object put between a prototype and the one above it, until the removal. */
export function insertAbove(prototype: object, shim: object): void {
  add({
    putOn() {
      const above = Object.getPrototypeOf(prototype) as object;
      if (above === shim) return;
      Object.setPrototypeOf(shim, above);
      Object.setPrototypeOf(prototype, shim);
    },
    takeBack() {
      // With something else between, it stays: it has no property any more.
      if (Object.getPrototypeOf(prototype) !== shim) return;
      try {
        Object.setPrototypeOf(prototype, Object.getPrototypeOf(shim) as object);
      } catch {
        // The prototype has been made non-extensible since.
      }
    },
  });
}

/** Listens to a channel of Node's until the removal. */
export function subscribe(name: string, listener: (message: never) => void): void {
  const channels = nodeModule('node:diagnostics_channel') as typeof import('node:diagnostics_channel');
  let listens = false;
  add({
    putOn() {
      if (!listens) channels.subscribe(name, listener as never);
      listens = true;
    },
    takeBack() {
      if (listens) channels.unsubscribe(name, listener as never);
      listens = false;
    },
  });
}

/**
 * Removes the patches that observe the network. Requests in progress are no longer followed, even if the patches are
 * applied again: the caller writes them first (`flush`). The exit handlers and the spool's descriptor stay.
 */
export function removePatches(): void {
  if (!on) return;
  on = false;
  suspendParts();
  passAll();
  for (const forget of keepers) forget();
  takeBack(network);
}

/** Puts them on again, where they stood or over what the program has put there since. */
export function applyPatches(): void {
  if (on || gone) return;
  on = true;
  for (const change of network) change.putOn();
  resumeParts();
  syncExports();
}

/** Removes all changes permanently, including the exit handlers. */
export function removeAll(): void {
  removePatches();
  gone = true;
  takeBack(standing);
  for (const leave of leaveHandlers) leave();
}

function takeBack(changes: readonly Change[]): void {
  for (let i = changes.length - 1; i >= 0; i--) (changes[i] as Change).takeBack();
  syncExports();
}
