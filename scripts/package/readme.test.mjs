import { expect, test } from 'vitest';
import { withoutSource } from './readme.mjs';

const text = [
  '# Product',
  '',
  '![The panel](docs/images/panel.png)',
  '',
  'See [the licence](LICENSE), [docs/a.md](docs/a.md#part), [a site](https://example.org/) and [below](#use).',
  '',
  '## Try it from source',
  '',
  'npm start',
  '',
  '## Use',
  '',
  'As you like.',
  '',
].join('\n');

test('a package has no section for those who have the source, no image and no link to a file that it lacks', () => {
  expect(withoutSource(text, ['LICENSE'])).toBe(
    [
      '# Product',
      '',
      'See [the licence](LICENSE), docs/a.md, [a site](https://example.org/) and [below](#use).',
      '',
      '## Use',
      '',
      'As you like.',
      '',
    ].join('\n'),
  );
});

test('a link to a heading of a page in the package stays', () => {
  expect(withoutSource('[a](docs/a.md#part)', ['docs/a.md'])).toBe('[a](docs/a.md#part)');
});
