// fetch of 302 -> 302 -> 200.
(async () => {
  const res = await fetch(`${process.env.UP_HTTP}/redirect?n=2`); // @fetch
  console.log(res.status, res.redirected, await res.text());
})();
