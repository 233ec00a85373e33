/** The table of the twin runs as Markdown. */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 160);
const settings = { hook: 'default', all: 'all parts' };

export function report(rows, missing, network) {
  const lines = rows.map((r) => {
    const figures = [r.tests, r.same, r.failing, r.unsteady.length, r.different.length, r.requests];
    return `| ${r.package} ${r.version} | ${r.source} | ${r.node} | ${settings[r.arm]} | ${figures.join(' | ')} |`;
  });
  const list = (kind, max) =>
    rows.flatMap((r) => {
      const head = `| ${r.package} | ${r.node} | ${settings[r.arm]} |`;
      const shown = r[kind].slice(0, max).map((d) => {
        const cells = [d.title, d.without.join(' / '), d.with.join(' / ')].map(cell);
        return `${head} ${cells.join(' | ')} |`;
      });
      const left = r[kind].length - shown.length;
      return left > 0 ? [...shown, `${head} and ${left} more | | |`] : shown;
    });
  const table = (kind, max) => {
    const found = list(kind, max);
    if (found.length === 0) return 'None.';
    return `| package | Node | hook | test | without | with |\n|---|---|---|---|---|---|\n${found.join('\n')}`;
  };
  const absent = Object.entries(missing).map(([name, why]) => `- ${name}: ${why}.`);
  return `# Real suites with and without the hook

Written by \`npm run twin\`; do not edit.

Each package's own tests run ${network}: twice without the hook (once where
a suite takes minutes), once with it as it is by default, and once with all that can be asked for (header values, bodies,
socket operations, incoming requests). Compared are the results test by test: passed, skipped, or failed with which
message, and the exit code. What differs is run again twice on both sides. "failing": fails in all runs, with and without
the hook, with the same message (it wants the world, or an older Node). "unsteady": its runs do not agree with each other,
on either side; most of these tests count milliseconds, and fail where the machine has other work. "different": no run
with the hook gave what a run without it gave.

| package | from | Node | hook | tests | same | of these failing | unsteady | different | requests recorded |
|---|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}

## Different

${table('different')}

## Unsteady

${table('unsteady', 6)}

## Not run

${absent.length > 0 ? absent.join('\n') : 'Nothing.'}
`;
}
