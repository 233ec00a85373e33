// Copies stdin to stdout, byte by byte, and writes to stderr too.
process.stderr.write('on stderr\n');
process.stdin.pipe(process.stdout);
