import * as v from 'valibot';
import { Id } from './text.ts';

/** What a shift may ask for, and a member may say that they bring or can: a fixed list, so that both speak of the same. */
export const KitId = v.picklist([
  'torch',
  'vest',
  'radio',
  'keys',
  'first-aid-kit',
  'bicycle',
  'car',
  'first-aid',
  'listening',
  'sign-language',
  'another-language',
]);
export type KitId = v.InferOutput<typeof KitId>;

/** Things are brought, skills are had. */
export type KitKind = 'equipment' | 'skill';

export const kit: Readonly<
  Record<KitId, { readonly kind: KitKind; readonly words: Readonly<Record<'en' | 'fr', string>> }>
> = {
  torch: { kind: 'equipment', words: { en: 'torch', fr: 'lampe de poche' } },
  vest: { kind: 'equipment', words: { en: 'reflective vest', fr: 'gilet réfléchissant' } },
  radio: { kind: 'equipment', words: { en: 'radio', fr: 'radio' } },
  keys: { kind: 'equipment', words: { en: 'keys to shared doors', fr: 'clés des portes communes' } },
  'first-aid-kit': { kind: 'equipment', words: { en: 'first-aid kit', fr: 'trousse de secours' } },
  bicycle: { kind: 'equipment', words: { en: 'bicycle', fr: 'vélo' } },
  car: { kind: 'equipment', words: { en: 'car', fr: 'voiture' } },
  'first-aid': { kind: 'skill', words: { en: 'first aid', fr: 'premiers secours' } },
  listening: { kind: 'skill', words: { en: 'calming people by listening', fr: 'apaiser en écoutant' } },
  'sign-language': { kind: 'skill', words: { en: 'sign language', fr: 'langue des signes' } },
  'another-language': { kind: 'skill', words: { en: 'another language', fr: 'une autre langue' } },
};

/** A list of these without repetition. */
export const KitList = v.pipe(
  v.array(KitId),
  v.maxLength(KitId.options.length),
  v.check((ids) => new Set(ids).size === ids.length, 'must not name anything twice'),
);

/** What one member brings and can do; empty once they took it back. */
export const MemberKit = v.object({ memberId: Id, version: v.number(), kit: KitList });
export type MemberKit = v.InferOutput<typeof MemberKit>;
export const KitCommand = v.strictObject({ kit: KitList });
export const KitAnswer = v.object({ kit: MemberKit });

/** What a shift wants, and who of those who come for certain brings it or can do it. */
export type KitMatch = { id: KitId; by: Id[] };

export function kitFor(
  wanted: readonly KitId[],
  coming: readonly Id[],
  kits: ReadonlyMap<Id, Pick<MemberKit, 'kit'>>,
): KitMatch[] {
  return wanted.map((id) => ({ id, by: coming.filter((memberId) => kits.get(memberId)?.kit.includes(id)) }));
}

/** What nobody brings. */
export const missingOf = (match: readonly KitMatch[]): KitId[] =>
  match.filter(({ by }) => by.length === 0).map(({ id }) => id);
