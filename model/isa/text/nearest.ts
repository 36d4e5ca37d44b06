// Names that somebody may have meant: the "did you mean" of error messages.

/** How many suggestions a message can hold before it stops to help. */
const SUGGESTIONS_MAX = 3;

/** Insertions, deletions, replacements and swaps of two neighbours that lead from one text to the other. */
function editDistance(from: string, to: string): number {
  let [beforePrevious, previous]: number[][] = [
    [],
    Array.from({ length: to.length + 1 }, (_, j) => j),
  ];
  for (let i = 0; i < from.length; i++) {
    const current = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (previous?.[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      let distance = Math.min(replaced, (previous?.[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1);
      if (i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j]) {
        distance = Math.min(distance, (beforePrevious?.[j - 1] ?? 0) + 1);
      }
      current.push(distance);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous?.[to.length] ?? 0;
}

/** The known names that are closest to a wrong one, best first; none when none is close. */
export function nearest(wrong: string, known: Iterable<string>): string[] {
  const distanceMax = Math.max(1, Math.min(3, Math.floor(wrong.length / 2)));
  return (
    [...new Set(known)]
      .map((name) => ({ name, distance: editDistance(wrong.toLowerCase(), name.toLowerCase()) }))
      // Two names without a common letter are not close, however short they are.
      .filter(({ name, distance }) => distance <= distanceMax && distance < name.length)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, SUGGESTIONS_MAX)
      .map(({ name }) => name)
  );
}

/** `'a', 'b' or 'c'`. */
export function listOf(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} or ${last}`;
}

/** `; did you mean 'mov'?`, or nothing when no known name is close. */
export function didYouMean(wrong: string, known: Iterable<string>): string {
  const names = nearest(wrong, known).map((name) => `'${name}'`);
  return names.length === 0 ? '' : `; did you mean ${listOf(names)}?`;
}
