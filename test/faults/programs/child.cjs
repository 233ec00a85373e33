// One of the children of children.cjs.
require('node:http').get(`${process.env.SERVER}/child?${process.argv[2]}`, { agent: false }, (response) => {
  response.resume().on('end', () => {
    process.exit(3);
  });
});
