// What a program, or a library like source-map-support, finds at Error and does with it.
const say = (what, value) => console.log(what, value);
const nodes = Error.prepareStackTrace;
say('text', String(nodes));
say('name', nodes?.name);
say('keys', Object.keys(Error).join());
say('same', Error.prepareStackTrace === nodes);

const mine = (_, frames) => frames;
const frames = () => {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = mine;
  const { stack } = new Error('x');
  Error.prepareStackTrace = before;
  return stack.length;
};
say('frames', frames());
say('same again', Error.prepareStackTrace === nodes);
say('printed', new Error('y').stack.split('\n').length);

Error.prepareStackTrace = mine;
say('mine', Error.prepareStackTrace === mine);
say('array', Array.isArray(new Error('z').stack));
say('inside', Array.isArray(new (class extends Error {})('z').stack));
Error.prepareStackTrace = (e, list) => {
  say('asked for', `${e.message} ${list.length} ${typeof Error.prepareStackTrace}`);
  return 'text';
};
say('rendered', new Error('once').stack);

class Own extends Error {}
Own.prepareStackTrace = mine;
say(
  'own',
  Object.hasOwn(Own, 'prepareStackTrace') && Own.prepareStackTrace === mine && Error.prepareStackTrace !== mine,
);

for (const value of [undefined, null, 5]) {
  Error.prepareStackTrace = value;
  say('value', Error.prepareStackTrace);
  say('stack', new Error('v').stack.split('\n')[0]);
}
delete Error.prepareStackTrace;
say('deleted', Error.prepareStackTrace);
say('stack', new Error('d').stack.split('\n')[0]);
Error.prepareStackTrace = mine;
say('set', new Error('d').stack.length);
