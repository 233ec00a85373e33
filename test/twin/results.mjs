/**
 * Results of a suite, test by test: a Map from the test's title to `pass`, `skip` or `fail: why`. Tests of one title get
 * numbers. Numbers of four digits and more (ports, times) and the run's own folder are no part of a result.
 */
const plain = (text) =>
  text
    .replace(/\S*nettrace-twin-\w+/g, '')
    .replace(/\d{4,}/g, '…')
    .trim();

class Results extends Map {
  note(title, result) {
    const name = plain(title);
    for (let n = 1; ; n++) {
      const key = n === 1 ? name : `${name} (${n})`;
      if (!this.has(key)) return this.set(key, plain(result));
    }
  }
}

/** Lines of reporter.cjs. */
export function fromLines(text) {
  const results = new Results();
  for (const line of text.split('\n').filter(Boolean)) {
    const { title, result, error } = JSON.parse(line);
    results.note(title, error === undefined ? result : `${result}: ${error}`);
  }
  return results;
}

/**
 * TAP of several programs, each by its name: nested subtests as node-tap writes them, flat groups as tape does. `whole`:
 * titles are whole by themselves, and comments of tests that run at the same time are no groups.
 */
export function fromTap(outputs, whole = false) {
  const results = new Results();
  for (const [name, { stdout, code }] of outputs) {
    let groups = [];
    for (const line of stdout.split('\n')) {
      const [, spaces, rest] = /^( *)(.*)$/.exec(line) ?? [];
      const indent = spaces?.length ?? 0;
      const group = /^# (?:Subtest: )?(.*)$/.exec(rest ?? '')?.[1];
      if (group !== undefined) {
        if (whole || /^(tests|pass|fail|ok|time=|failed)\b/.test(group)) continue;
        groups = [...groups.filter((g) => g.indent < indent), { indent, title: group.replace(/ # time=.*/, '') }];
        continue;
      }
      const found = /^(not )?ok\b(?: \d+)?(?: -)? ?(.*?)(?: # (time=|SKIP|TODO)?.*)?$/i.exec(rest ?? '');
      if (!found) continue;
      const [, not, title = '', directive] = found;
      const path = groups.filter((g) => g.indent < indent || (indent === 0 && g.title !== title)).map((g) => g.title);
      const state = /skip|todo/i.test(directive ?? '') ? 'skip' : not ? 'fail' : 'pass';
      results.note([name, ...path, title].filter(Boolean).join(' > '), state);
    }
    results.note(`${name} > exit code`, String(code));
  }
  return results;
}

/** Titles whose results are not the same, with both. */
export function differences(a, b) {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((title) => a.get(title) !== b.get(title))
    .map((title) => ({ title, a: a.get(title) ?? 'did not run', b: b.get(title) ?? 'did not run' }));
}
