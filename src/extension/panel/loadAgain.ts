/**
 * Script of the page that comes before all others: asks again for a file that did not come. VS Code's service worker for
 * webviews can lose a request while a window starts; it answers 408 after 30 s, and the view would stay empty.
 */

const maxTries = 3;
const failure =
  'VS Code did not deliver the files of this view. Run the command "Developer: Reload Webviews" to load it again.';

// The query makes it another file for the browser, which keeps a module that failed. A nonce cannot be read as an attribute.
export const loadAgain = `
addEventListener('error', ({ target }) => {
  const isScript = target instanceof HTMLScriptElement;
  if (!isScript && !(target instanceof HTMLLinkElement)) return;
  const key = isScript ? 'src' : 'href';
  const url = new URL(target[key]);
  const tries = Number(url.searchParams.get('try') ?? 1);
  if (tries < ${maxTries}) {
    url.searchParams.set('try', String(tries + 1));
    const next = document.createElement(target.localName);
    for (const { name, value } of target.attributes) next.setAttribute(name, value);
    next.nonce = target.nonce;
    next[key] = url.href;
    target.replaceWith(next);
  } else if (isScript) {
    document.getElementById('root').textContent = ${JSON.stringify(failure)};
  }
}, true);
`;
