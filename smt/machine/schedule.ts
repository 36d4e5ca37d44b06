// The schedule: what user space does, each before a step or before an attempted tail call.

import type { ScheduleEntry } from '../../model/scenario/scenario.ts';
import type { ObjectStore } from './objects.ts';
import { UserSpace } from './user-space.ts';

export class ScheduleQueue {
  /** For each entry: its error number (0: done), or null before it is reached. */
  results: (number | null)[] = [];
  /** The step before which the next entries are due. */
  nextStep = Number.POSITIVE_INFINITY;
  private readonly objects: ObjectStore;
  private readonly userSpace: UserSpace;
  private entries: readonly ScheduleEntry[] = [];
  /** Entries by step that are still to come, the earliest last. */
  private byStep: number[] = [];
  private hop = 0;

  constructor(objects: ObjectStore) {
    this.objects = objects;
    this.userSpace = new UserSpace(objects);
  }

  reset(entries: readonly ScheduleEntry[]): void {
    this.entries = entries;
    this.results = entries.map(() => null);
    this.hop = 0;
    this.byStep = entries.length === 0 ? [] : this.orderedSteps();
    this.findNextStep();
  }

  private stepOf(entry: number): number | undefined {
    const before = this.entries[entry]?.before;
    return before !== undefined && 'step' in before ? before.step : undefined;
  }

  private orderedSteps(): number[] {
    const timed = [...this.entries.keys()].filter((entry) => this.stepOf(entry) !== undefined);
    // A stable sort: entries of one step stay in file order.
    return timed.sort((a, b) => (this.stepOf(a) ?? 0) - (this.stepOf(b) ?? 0)).reverse();
  }

  private findNextStep(): void {
    const next = this.byStep.at(-1);
    this.nextStep =
      (next === undefined ? undefined : this.stepOf(next)) ?? Number.POSITIVE_INFINITY;
  }

  /** Applies what is due before a step. */
  beforeStep(step: number): void {
    while (this.nextStep <= step) {
      this.apply(this.byStep.pop() as number);
      this.findNextStep();
    }
  }

  /** Applies what is due before the next attempted tail call. */
  beforeHop(): void {
    this.entries.forEach(({ before }, entry) => {
      if ('hop' in before && before.hop === this.hop && this.results[entry] === null) {
        this.apply(entry);
      }
    });
  }

  /** Counts an attempted tail call. */
  countHop(): void {
    this.hop++;
  }

  private apply(number: number): void {
    const entry = this.entries[number] as ScheduleEntry;
    this.results[number] = this.objects.apply(entry, this.userSpace.perform);
  }
}
