// Says that it is ready, then reports each signal; ends with code 5 after one.
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']) {
  let count = 0;
  process.on(signal, () => {
    console.log(`${signal} ${++count}`);
    setTimeout(() => process.exit(5), 150);
  });
}
setInterval(() => {}, 1000);
console.log('ready');
