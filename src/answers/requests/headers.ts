/** A recorded header as a line of text: its value, or how long that was, or its name alone. */
import { printable } from '../../model/base/printable';
import { plural } from '../../model/base/text';
import type { Header } from '../../model/records/common';

/** Value apart, with its colon; empty where only the name was recorded. Without control characters. */
export function headerText({ name, value, length }: Header): { name: string; value: string } {
  const text =
    value !== undefined ? `: ${printable(value)}` : length !== undefined ? `: (${plural(length, 'character')})` : '';
  return { name: printable(name), value: text };
}
