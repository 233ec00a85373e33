// A project whose only package is found by pnp.cjs alone.
const { get, name } = require('client');

(async () => {
  console.log(name);
  for (let i = 0; i < 3; i++) console.log(await get(`${process.env.SERVER}/pnp?${i}`));
  try {
    require('undeclared');
  } catch (error) {
    console.log(error.code);
  }
})();
