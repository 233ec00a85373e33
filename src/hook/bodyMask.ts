/** Secrets in recorded bodies, by the captured JSON and the names that the user added. */
import { type BodyTools, maskBody } from '../model/bodyMask';
import { parse, stringify } from './builtins';
import { addedNames } from './text';

const tools: BodyTools = {
  parse: parse as BodyTools['parse'],
  stringify,
  get extra() {
    return addedNames();
  },
};

export const maskedBody = (text: string, type: string): string => maskBody(text, type, tools);
