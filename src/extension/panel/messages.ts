/**
 * Checks what a page sends against the schema. Apart from the page's other code, so that the schemas are made when the
 * first page speaks and not when the extension starts.
 */
import Value from 'typebox/value';
import { type PageMessage, pageMessage } from '../../model/panel/pageMessage';

export const isPageMessage = (message: unknown): message is PageMessage => Value.Check(pageMessage, message);
