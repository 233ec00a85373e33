/** README.md and CHANGELOG.md as they are in a package: without what is only in the source. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';

/** Sections for those who have the source. */
const ofSource = ['Try it from source'];

const note = '\nPages named `docs/…` come with the source.\n';

export function packageText(path, files) {
  return withoutSource(readFileSync(join(root, path), 'utf8'), files) + note;
}

/**
 * The text without sections for those who have the source, images, and links to files that are not among `files`: their
 * texts stay.
 *
 * @param {string} text Markdown
 * @param {readonly string[]} files paths in the package
 * @returns {string}
 */
export function withoutSource(text, files) {
  const sections = text.split(/^(?=## )/m).filter((section) => !ofSource.includes(/^## (.*)/.exec(section)?.[1] ?? ''));
  return sections
    .join('')
    .replace(/^!\[[^\]]*\]\([^)]*\)\n\n/gm, '')
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (link, label, target) => (isThere(target, files) ? link : label));
}

function isThere(target, files) {
  return /^(?:[a-z]+:|#)/.test(target) || files.includes(target.split('#', 1)[0]);
}
