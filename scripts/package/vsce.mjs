/** node vsce.mjs FOLDER FILE [TARGET]: packs an extension's folder by VS Code's tool, vsce. */
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';

const [cwd, packagePath, target] = process.argv.slice(2);

await createVSIX({
  cwd,
  packagePath,
  ...(target === undefined ? {} : { target }),
  ignoreFile: fileURLToPath(new URL('../../.vscodeignore', import.meta.url)),
  dependencies: false,
  // There is no public repository yet, so relative links cannot be made absolute.
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
