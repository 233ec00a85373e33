/** Files dropped onto the page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { isPageMessage } from '../../src/extension/panel/messages';
import { inBrowser, open, panel, posted, rowNode } from './testing/behaviour';
import { picture, settled } from './testing/panel';
import { empty } from './testing/sample';

inBrowser();

interface Dragged {
  uris?: string;
  /** Name and content, or so many bytes. */
  files?: [name: string, content: string | number][];
}

/** Drags over the page, and drops unless told otherwise. True if the page took the drag. */
const drag = async (dragged: Dragged, types: string[] = ['dragenter', 'dragover', 'drop']): Promise<boolean> => {
  const taken = await panel.page.evaluate(
    ({ uris, files = [], types }) => {
      const dataTransfer = new DataTransfer();
      if (uris !== undefined) dataTransfer.setData('text/uri-list', uris);
      for (const [name, content] of files)
        dataTransfer.items.add(
          new File([typeof content === 'number' ? new Uint8Array(content) : content], name, { type: '' }),
        );
      const target = document.querySelector('.list') as Element;
      return types.map(
        (type) => !target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true })),
      );
    },
    { ...dragged, types },
  );
  await settled(panel.page);
  return taken.every(Boolean);
};

test('files of the explorer are sent as URIs, as the host takes them', async () => {
  await open();
  expect(await drag({ uris: 'file:///w/a.har\r\nfile:///w/b.nettrace.json' })).toBe(true);
  const [sent] = await posted('dropUris');
  expect(sent).toEqual({ type: 'dropUris', uris: ['file:///w/a.har', 'file:///w/b.nettrace.json'] });
  expect(isPageMessage(sent)).toBe(true);
});

test('other files are sent by content; of packets the beginning, of what is no trace nothing', async () => {
  await open();
  await drag({
    files: [
      ['a.har', '{"log":1}'],
      ['p.pcapng', 1000],
      ['photo.png', 'x'],
    ],
  });
  await expect.poll(async () => (await posted('dropFile')).length).toBe(3);
  const sent = await posted('dropFile');
  expect(sent.map(({ name, size, text }) => [name, size, text?.length])).toEqual([
    ['a.har', 9, 9],
    ['p.pcapng', 1000, 64],
    ['photo.png', 1, undefined],
  ]);
  expect(sent.every(isPageMessage)).toBe(true);
});

test('a file that is too large is not sent, and what claims to be one is rejected by the host', async () => {
  await open();
  await drag({ files: [['a.har', 50_000_001]] });
  await expect.poll(() => posted('dropFile')).toEqual([{ type: 'dropFile', name: 'a.har', size: 50_000_001 }]);
  expect(isPageMessage({ type: 'dropFile', name: 'a.har', size: 1, text: 'x'.repeat(50_000_001) })).toBe(false);
  expect(isPageMessage({ type: 'dropUris', uris: [] })).toBe(false);
  expect(isPageMessage({ type: 'dropUris', uris: Array(11).fill('file:///a.har') })).toBe(false);
});

test('the page says so while files are over it, until they leave', async () => {
  await open({ height: 420 });
  const { page } = panel;
  await drag({ uris: 'file:///w/a.har' }, ['dragenter', 'dragover']);
  expect(await page.textContent('.drop')).toContain('Drop a trace to open it');
  await picture(page, 'drop-dark');
  await page.evaluate(createAxe());
  expect(await axeFinds()).toEqual([]);
  await drag({ uris: 'file:///w/a.har' }, ['dragleave']);
  expect(await page.locator('.drop').count()).toBe(0);
});

const createAxe = (): string => readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
const axeFinds = (): Promise<string[]> =>
  panel.page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(o: object): Promise<{ violations: { id: string }[] }> } };
    return (await axe.run({ runOnly: ['wcag2a', 'wcag2aa'] })).violations.map((v) => v.id);
  });

test('a row that is dragged out as its URL is not taken for a file', async () => {
  await open();
  await rowNode(13).locator('.c-name').dragTo(panel.page.locator('.sb'));
  await settled(panel.page);
  expect([...(await posted('dropUris')), ...(await posted('dropFile'))]).toEqual([]);
});

test('an empty panel says that files can be dropped', async () => {
  await open({ state: empty });
  expect(await panel.page.textContent('.empty')).toContain('drop a trace here');
});
