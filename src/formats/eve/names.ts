/**
 * DNS names as EVE writes them: with the dot of the root at their end, in questions, in answers, and in the values that are
 * names. Records have them without. And the words for a dial that the program gave up.
 */

/** How many words at the beginning of a value to leave alone, and how many names follow. */
const nameValues: Readonly<Record<string, readonly [number, number]>> = {
  CNAME: [0, 1],
  DNAME: [0, 1],
  NS: [0, 1],
  PTR: [0, 1],
  MX: [1, 1],
  SRV: [3, 1],
  SOA: [0, 2],
};

export const eveName = (name: string): string => (name.endsWith('.') ? name : `${name}.`);

export const nameOfEve = (name: string): string => (name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name);

function inValue(type: string, value: string, change: (name: string) => string): string {
  const place = nameValues[type.toUpperCase()];
  if (place === undefined) return value;
  const [before, names] = place;
  return value
    .split(' ')
    .map((word, i) => (i >= before && i < before + names ? change(word) : word))
    .join(' ');
}

/** The value of a record of this type. */
export const eveValue = (type: string, value: string): string => inValue(type, value, eveName);
export const valueOfEve = (type: string, value: string): string => inValue(type, value, nameOfEve);

/** What Go says of a dial whose context has ended. */
export const cancelled = 'operation was canceled';
