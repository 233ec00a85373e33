import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as ids from './ids';

interface Command {
  command: string;
  when?: string;
}
const manifest = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));
const contributes = manifest.contributes as {
  commands: (Command & { title: string; category: string })[];
  keybindings: Command[];
  menus: Record<string, Command[]>;
  views: Record<string, { id: string }[]>;
  viewsContainers: { panel: { id: string; icon: string }[] };
  walkthroughs: { steps: { description: string; completionEvents: string[]; media: { svg: string } }[] }[];
  customEditors: { viewType: string; priority: string }[];
  configuration: { properties: Record<string, unknown> };
  debuggers: {
    type: string;
    initialConfigurations?: { type: string }[];
    hiddenWhen?: string;
    languages?: string[];
    configurationSnippets: { body: { type: string } }[];
  }[];
  colors: { id: string; defaults: Record<string, string> }[];
};

describe('ids in code and in package.json are the same', () => {
  test('commands', () => {
    expect(contributes.commands.map((c) => c.command).sort()).toEqual(Object.values(ids.commands).sort());
    expect(contributes.commands.every((c) => c.category === 'Net Trace' && c.title !== '')).toBe(true);
  });

  test('menus and keys name commands that exist', () => {
    const known = new Set<string>(Object.values(ids.commands));
    const used = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map((c) => c.command);
    expect(used.filter((c) => !known.has(c))).toEqual([]);
  });

  test('steps of the walkthrough name commands and keys that exist, and pictures', () => {
    const known = new Set<string>([...Object.values(ids.commands), ...Object.values(ids.contextKeys)]);
    const steps = contributes.walkthroughs.flatMap((w) => w.steps);
    expect(steps.length).toBeGreaterThan(3);
    const named = steps.flatMap(
      (s) => [s.description, ...s.completionEvents].join(' ').match(/\bnetTrace\.[\w.]+/g) ?? [],
    );
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    for (const { media } of steps) {
      const picture = readFileSync(join(__dirname, '../../..', media.svg), 'utf8');
      expect(picture).toMatch(/^<svg [^>]*aria-label="[^"]+"/);
      // Its colors are those of the theme.
      expect(picture.match(/fill="(?!var\(--vscode-)[^"]*"/g)).toBeNull();
    }
  });

  test('conditions name our ids only', () => {
    const known = new Set<string>([
      ...Object.values(ids.contextKeys),
      ...Object.values(ids.views),
      ids.tabType,
      ids.customEditor,
      ids.optionalEditor,
      ...Object.values(ids.commands),
    ]);
    const conditions = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(
      (c) => c.when ?? '',
    );
    const named = conditions.flatMap((c) => c.match(/\bnetTrace[\w.]*/g) ?? []);
    expect(named.filter((n) => !known.has(n))).toEqual([]);
  });

  test('kinds of items that menus are for', () => {
    const kinds = new Set(JSON.stringify(contributes.menus).match(/(?<=viewItem == )\w+/g));
    expect(kinds.size).toBeGreaterThan(1);
    const trees = ['rules/tree.ts', 'breakpoints/view.ts'].map((file) =>
      readFileSync(join(__dirname, '..', file), 'utf8'),
    );
    for (const kind of kinds)
      expect(
        trees.some((text) => text.includes(`'${kind}'`)),
        kind,
      ).toBe(true);
  });

  test('views, editors, debug type, colours', () => {
    expect(contributes.viewsContainers.panel.map((c) => c.id)).toEqual([ids.views.container]);
    expect(contributes.views[ids.views.container]?.map((v) => v.id)).toEqual([ids.views.panel]);
    expect(contributes.views.debug?.map((v) => v.id)).toEqual([ids.views.rules, ids.views.breakpoints]);
    expect(contributes.customEditors.map((e) => [e.viewType, e.priority])).toEqual([
      [ids.customEditor, 'default'],
      [ids.optionalEditor, 'option'],
    ]);
    expect(contributes.debuggers.map((d) => d.type)).toEqual([ids.debugType, ids.replayType]);
    for (const d of contributes.debuggers) {
      const bodies = [...(d.initialConfigurations ?? []), ...d.configurationSnippets.map((s) => s.body)];
      expect(bodies.every((body) => body.type === d.type)).toBe(true);
    }
    expect(contributes.colors.map((c) => c.id)).toEqual([...ids.colors]);
  });

  test('a replay is not offered where programs to debug are chosen', () => {
    const replay = contributes.debuggers.find((d) => d.type === ids.replayType);
    expect(replay).toMatchObject({ hiddenWhen: 'true' });
    expect(replay?.languages ?? replay?.initialConfigurations).toBeUndefined();
  });

  test('is woken by nothing but its own debug type and Node debugging; never in an untrusted workspace', () => {
    const events = manifest.activationEvents as string[];
    expect(events.filter((e) => !/^onDebug(Resolve|DynamicConfigurations):/.test(e))).toEqual([]);
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe(false);
  });

  test('what needs permission is set by the user alone; what records more than is safe to share is not synchronized', () => {
    const properties = contributes.configuration.properties as Record<string, { scope?: string }>;
    const scopes = Object.fromEntries(Object.entries(properties).flatMap(([k, v]) => (v.scope ? [[k, v.scope]] : [])));
    expect(scopes).toMatchObject({
      'netTrace.helper': 'machine',
      'netTrace.capture': 'machine',
      'netTrace.enableConntrack': 'machine',
      'netTrace.captureInterfaces': 'machine',
      'netTrace.tlsKeyLog': 'machine',
      'netTrace.deleteTlsKeys': 'machine',
      'netTrace.headers': 'machine-overridable',
      'netTrace.bodies': 'machine-overridable',
      'netTrace.excludeHeaders': 'machine-overridable',
      'netTrace.maskedParameters': 'machine-overridable',
    });
  });
});
