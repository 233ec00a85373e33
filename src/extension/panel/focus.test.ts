import { describe, expect, test } from 'vitest';
import type { HostCommand } from '../../model/panel/protocol';
import { PageFocus } from './focus';
import type { PageKind } from './page';

function page(kind: PageKind) {
  const commands: HostCommand[] = [];
  return { kind, commands, command: (c: HostCommand) => void commands.push(c) };
}

describe('the page that has the keyboard focus', () => {
  test('is what the context key says, and gets the commands', () => {
    const said: unknown[] = [];
    const focus = new PageFocus((kind) => said.push(kind));
    const panel = page('panel');
    expect(focus.command('nextFailed')).toBe(false);
    focus.change(panel, true);
    expect(focus.command('nextFailed')).toBe(true);
    focus.change(panel, false);
    expect(focus.command('follow')).toBe(false);
    expect(said).toEqual(['panel', undefined]);
    expect(panel.commands).toEqual(['nextFailed']);
  });

  test('is the next one even if the one before reports its loss late, or is closed', () => {
    const said: unknown[] = [];
    const focus = new PageFocus((kind) => said.push(kind));
    const [panel, file] = [page('panel'), page('file')];
    focus.change(panel, true);
    focus.change(file, true);
    focus.change(panel, false);
    focus.command('nextFailed');
    expect(file.commands).toEqual(['nextFailed']);
    expect(said.at(-1)).toBe('file');
  });
});
