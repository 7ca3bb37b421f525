import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultKinds } from '../../src/simulator/pay/faults.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { firstBreach, playInMemory, seedsTo } from './play-many.ts';
import { openRealDatabase } from './real-store.ts';
import { TROUBLES } from './scenario.ts';
import { WIRE_FAULTS } from './simulated-network.ts';
import { CANCELLATIONS, NOTICE_FAULTS } from './transfer-world.ts';
import { playSeed } from './world.ts';
import type { RunResult } from './world.ts';

const SEEDS_IN_MEMORY = 40;
// Between them transfers, packets, rescues, cancellations, restored backups and a database that restarts.
const SEEDS_ON_POSTGRES = ['10', '16', '37'];
const REAL_WINS_MAX = 16;

function breaches({ seed, violations }: RunResult): readonly string[] {
  return violations.map(({ law, what }) => `seed ${seed} breaks "${law}": ${what}`);
}

describe('the whole system, simulated', () => {
  it('breaks no law in memory, whatever goes wrong', async () => {
    const broken: string[] = [];
    const met = new Set<string>();
    for (const seed of seedsTo(SEEDS_IN_MEMORY)) {
      const result = await playInMemory(seed);
      broken.push(...breaches(result));
      for (const kind of result.faultKinds) met.add(kind);
    }
    assert.deepEqual(broken, []);
    const wanted = ['kill', 'stall', ...TROUBLES, ...WIRE_FAULTS, ...faultKinds];
    wanted.push(...NOTICE_FAULTS, ...CANCELLATIONS, 'rescued');
    const missed = wanted.filter((kind) => !met.has(kind));
    assert.deepEqual(missed, [], 'every kind of fault is met');
  });

  it('breaks no law on Postgres', async () => {
    const database = await openRealDatabase();
    try {
      const broken: string[] = [];
      for (const seed of SEEDS_ON_POSTGRES) {
        const result = await playSeed({ seed, winsMax: REAL_WINS_MAX, openStore: (time) => database.store(time) });
        broken.push(...breaches(result));
      }
      assert.deepEqual(broken, []);
    } finally {
      await database.close();
    }
  });

  it('plays the same seed the same way, and another one otherwise', async () => {
    const [first, again, other] = [
      await playInMemory('7'),
      await playInMemory('7', { keep: true }),
      await playInMemory('8'),
    ];
    assert.equal(first.digest, again.digest);
    assert.notEqual(first.digest, other.digest);
    assert.ok(again.lines.length > 100 && first.lines.length === 0);
  });
});

describe('a planted bug is found within 200 seeds', () => {
  const laws: Readonly<Record<PlantedBug, string>> = {
    'renumber on unknown': 'at most one paid packet per award',
    'late paid dropped': 'a paid answer wins',
    'count before lock': 'claimed once',
    'claim token overtaken': 'what a transfer is confirmed with is never lost',
    'cancelled at its word': 'at most one paid packet per award',
  };
  for (const bug of Object.keys(PLANTED_BUGS) as PlantedBug[]) {
    it(`${bug}: breaks "${laws[bug]}"`, async () => {
      assert.notEqual(await firstBreach(bug, laws[bug], 200), null);
    });
  }
});
