/**
 * The next step of a ladder that asks anybody: one that would ask nobody only loses time. The last is never left out.
 * @param current the step that it stands on; one that is none of the ladder's, or null, begins it
 */
export function stepAfter<Step extends string>(
  ladder: readonly [Step, ...Step[]],
  current: string | null,
  asksAnybody: (step: Step) => boolean,
): Step {
  const from = ladder.findIndex((step) => step === current) + 1;
  return ladder.slice(from).find(asksAnybody) ?? ladder[ladder.length - 1] ?? ladder[0];
}
