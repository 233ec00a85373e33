/**
 * Where the part for requests finds the modules that it shares with this bundle: by their file, each with what it exports.
 * The build writes this function (scripts/hook.mjs); a module is in one bundle only, so that its state is there once.
 */
export function shared(): Record<string, object> {
  throw new Error('made by the build');
}
