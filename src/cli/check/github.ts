/** The results as workflow commands of GitHub Actions, which shows them beside the lines of a pull request. */
import type { RuleResult } from '../../analysis/check/result';
import { headText, placeIn } from './text';

/** GitHub shows ten of each kind a step. */
const maxLines = 50;

export function githubText(results: readonly RuleResult[]): string {
  const lines = results.flatMap(({ rule, cases }) =>
    cases
      .filter(({ state }) => state === 'broken')
      .map((one) => {
        const place = placeIn(one.requests);
        const command = rule.severity === 'error' ? 'error' : rule.severity === 'warning' ? 'warning' : 'notice';
        const where = place && {
          file: place.file,
          line: place.line,
          col: place.column,
        };
        const said = [headText(one, cases.length), rule.because].filter((part) => part !== undefined).join(' ');
        return `::${command} ${properties({ ...where, title: `nettrace: ${rule.id}` })}::${data(said)}`;
      }),
  );
  return lines
    .slice(0, maxLines)
    .map((line) => `${line}\n`)
    .join('');
}

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const properties = (values: Record<string, string | number | undefined>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${data(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`)
    .join(',');
