import { describe, expect, test } from 'vitest';
import { maskArguments } from './arguments';

describe('command lines', () => {
  test.each([
    ['curl -u user:pw https://h', 'curl -u *** https://h'],
    ['curl --user=user:pw https://h', 'curl --user=*** https://h'],
    ['mocha -u tdd', 'mocha -u tdd'],
    ['docker run -u 1000:1000 x', 'docker run -u 1000:1000 x'],
    ['env DB_PASSWORD=hunter2 node a.js', 'env DB_PASSWORD=*** node a.js'],
    ['x --pass hunter2 --passphrase=p,q;r', 'x --pass *** --passphrase=***'],
    ['mysql -phunter2 -P 3306', 'mysql -p*** -P 3306'],
    ['x -p 3000 -p3000 -pe 1+1', 'x -p 3000 -p3000 -pe 1+1'],
    ['x --header=x-api-key:abc --port=80', 'x --header=x-api-key:*** --port=80'],
    ['curl -Hprivate-token:abc', 'curl -Hprivate-token:***'],
    ['node a.js --url=postgres://u:p@h/db?sslmode=require', 'node a.js --url=postgres://***@h/db?sslmode=require'],
    ['mysql -p hunter2 shop', 'mysql -p *** shop'],
    ['npx mysqldump.exe -h db -P 3306 -p 12345 shop', 'npx mysqldump.exe -h db -P 3306 -p *** shop'],
    ['/usr/bin/sshpass -p 4711 ssh -p 2222 me@h', '/usr/bin/sshpass -p *** ssh -p 2222 me@h'],
    ['mongosh mongodb://h/db -p hunter2', 'mongosh mongodb://h/db -p ***'],
    ['docker login -p hunter2 registry.example', 'docker login -p *** registry.example'],
    ['redis-cli -h r -a hunter2 ping', 'redis-cli -h r -a *** ping'],
    ['sqlcmd -S h -U sa -P hunter2', 'sqlcmd -S h -U sa -P ***'],
    ['ldapsearch -x -w hunter2', 'ldapsearch -x -w ***'],
    ['node import.js -u me -p hunter2', 'node import.js -u me -p ***'],
    ['node import.js --username=me -v -h db -p hunter2', 'node import.js --username=me -v -h db -p ***'],
    ['node import.js -p hunter2 -h db -u me', 'node import.js -p *** -h db -u me'],
  ])('%s', (line, shown) => expect(maskArguments(line.split(' ')).join(' ')).toBe(shown));

  test.each([
    ...['node app.js -p 8080', 'node app.js -u me -p 8080', 'docker run -u node -p 127.0.0.1:8080:80/tcp -p 90 app'],
    ...['mysql -u root -p', 'mysql -p --host=db', 'ssh -p 22 me@h', 'psql -U me -p 5432 shop', 'mkdir -p build/out'],
    ...['sudo -u node mkdir -p build/out', 'tsc -p tsconfig.build.json', 'npx -p typescript tsc', 'cp -u -p a b'],
    ...['node -p 1+1', 'git push -p -u origin main', 'grep -a word file', 'tail -w x', 'lsof -a -p 4711', 'ab -P x'],
  ])('%s stays', (line) => {
    expect(maskArguments(line.split(' ')).join(' ')).toBe(line);
    expect(maskArguments(['sh', '-c', line])[2]).toBe(line);
  });

  test('a whole command as one argument', () => {
    expect(maskArguments(['sh', '-c', 'sleep 1; mysql -u root -p "a b" shop && x -p 80'])[2]).toBe(
      'sleep 1; mysql -u root -p *** shop && x -p 80',
    );
    expect(maskArguments(['sh', '-c', "node a.js -u me -p 'it\"s' -v"])[2]).toBe('node a.js -u me -p *** -v');
  });

  test('arguments with spaces', () => {
    expect(maskArguments(['curl', '-H', 'x-api-key: a b', '-H', 'Accept: */*'])).toEqual([
      ...['curl', '-H', 'x-api-key: ***', '-H', 'Accept: */*'],
    ]);
    expect(maskArguments(['sh', '-c', 'node a.js --token=y; DB_PASSWORD=x node b.js'])[2]).toBe(
      'node a.js --token=*** DB_PASSWORD=*** node b.js',
    );
    // A variable alone is all of its argument: a password may hold spaces.
    expect(maskArguments(['DB_PASSWORD=a b'])).toEqual(['DB_PASSWORD=***']);
    expect(maskArguments(['-d', '{"password":"a b"}'])).toEqual(['-d', '{"password":"***"}']);
    expect(maskArguments(['--password=a b,c'])).toEqual(['--password=***']);
  });
});
