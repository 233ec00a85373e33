/**
 * Tokens of what a person types into the Debug Console, as far as one needs them to know which words of an expression
 * are names in use: without spaces and comments, and with a template's substitutions in brackets of their own. What is
 * not JavaScript has none: the debugger reports that itself.
 */
import jsTokens from 'js-tokens';

export interface Token {
  kind: 'name' | 'punctuator' | 'literal';
  /** Of a literal only its first character. */
  text: string;
  begin: number;
  end: number;
}

/** Undefined: not JavaScript, or cut off within a string, a template, a regular expression or a comment. */
export function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  let templates = 0;
  let at = 0;
  const add = (kind: Token['kind'], length: number): void => {
    const end = at + length;
    tokens.push({ kind, text: kind === 'literal' ? text.charAt(at) : text.slice(at, end), begin: at, end });
    at = end;
  };
  for (const token of jsTokens(text)) {
    if (token.type === 'Invalid' || ('closed' in token && !token.closed)) return undefined;
    const { length } = token.value;
    switch (token.type) {
      case 'IdentifierName':
      case 'PrivateIdentifier':
        add('name', length);
        break;
      case 'Punctuator':
        add('punctuator', length);
        break;
      case 'TemplateHead': // `…${
        templates++;
        add('literal', length - 2);
        add('punctuator', 2);
        break;
      case 'TemplateMiddle': // }…${
        add('punctuator', 1);
        if (length > 3) add('literal', length - 3);
        add('punctuator', 2);
        break;
      case 'TemplateTail': // }…`
        templates--;
        add('punctuator', 1);
        add('literal', length - 1);
        break;
      case 'StringLiteral':
      case 'NoSubstitutionTemplate':
      case 'RegularExpressionLiteral':
      case 'NumericLiteral':
        add('literal', length);
        break;
      default: // spaces and comments
        at += length;
    }
  }
  return templates > 0 ? undefined : tokens;
}
