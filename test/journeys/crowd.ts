import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { buildWeb } from '../../src/web/build.ts';
import { withPostgres } from '../support/own-postgres.ts';

// node test/journeys/crowd.ts [--people 500]: the journey of the same name with a whole hall of people, who tap one
// activity's page in the same moment at two web processes and lose every third connection. Prints how many results came
// and within what time; ends with code 0 only if none is lost, each is one draw, and the books agree.

const { values } = parseArgs({ options: { people: { type: 'string', default: '500' } } });
const people = Number(values.people);
if (!Number.isInteger(people) || people < 10 || people > 2000) throw new RangeError('--people takes 10 to 2000');
const journey = new URL('crowd.test.ts', import.meta.url).pathname;
await buildWeb();
await withPostgres(async () => {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', '--test-timeout=180000', journey], {
    stdio: 'inherit',
    env: { ...process.env, CROWD_PEOPLE: String(people) },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
});
