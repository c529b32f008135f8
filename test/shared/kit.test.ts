import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kitFor, KitId, missingOf } from '../../shared/kit.ts';

const seed = Number(process.env['SEED'] ?? 20_261);
const members = ['ada', 'bo', 'cy', 'di'];
const kits = new Map<string, { kit: KitId[] }>([
  ['ada', { kit: ['torch', 'first-aid'] }],
  ['bo', { kit: ['torch'] }],
  ['cy', { kit: [] }],
]);

describe('what a shift wants and who brings it', () => {
  it('[KT3] names all who bring it, in the order in which they signed up, and what nobody brings', () => {
    const match = kitFor(['torch', 'keys', 'first-aid'], ['bo', 'cy', 'ada', 'di'], kits);
    expect(match).toEqual([
      { id: 'torch', by: ['bo', 'ada'] },
      { id: 'keys', by: [] },
      { id: 'first-aid', by: ['ada'] },
    ]);
    expect(missingOf(match)).toEqual(['keys']);
    expect(missingOf(kitFor(['torch'], [], kits))).toEqual(['torch']);
    expect(kitFor([], ['ada'], kits)).toEqual([]);
  });

  it('[KT3] never misses more with one more who comes, and loses only what they alone brought', () => {
    const some = fc.subarray([...KitId.options]);
    fc.assert(
      fc.property(
        some,
        fc.subarray(members),
        fc.constantFrom(...members),
        fc.dictionary(fc.constantFrom(...members), some),
        (wanted, others, one, theirs) => {
          const all = new Map(Object.entries(theirs).map(([id, kit]) => [id, { kit }]));
          const without = others.filter((id) => id !== one);
          const before = missingOf(kitFor(wanted, without, all));
          const after = missingOf(kitFor(wanted, [...without, one], all));
          expect(before).toEqual(expect.arrayContaining(after));
          const brought = before.filter((id) => !after.includes(id));
          expect(brought).toEqual(before.filter((id) => all.get(one)?.kit.includes(id)));
        },
      ),
      { seed },
    );
  });
});
