// How x86-64 patches a direct tail call while CPUs run through it: reference linux-tail-calls.md §1.4. A site has
// two places, in the order in which a CPU meets them: the bypass (a jump over the site, or a nop) and the target (a
// jump into the program, or a nop). Each instruction is replaced as a whole (text_poke_bp); what is between the two
// has already undone the caller's frame, so a CPU that finds a nop for the target falls into code without a frame.
//
// Why few variables speak about all CPUs and sites: the machine watches one CPU and one site, both arbitrary.
// Patching goes site by site under one mutex, so to a site the others are pauses; synchronize_rcu waits for every
// CPU, and here only until the watched one has left the site, which is the least that it does.

import type { Total } from '../../../model/errors.ts';
import {
  and,
  type BoolTerm,
  type BvTerm,
  boolVar,
  bv,
  bvVar,
  distinct,
  eq,
  FALSE,
  ite,
  not,
  TRUE,
} from '../../terms/index.ts';
import type { Subject } from '../theorem.ts';

/** 0 is no program: an empty slot, a nop for a target. */
export const NONE = bv(32, 0n);

/** What the patcher does to one site, a step at a time; `sync` is two steps, of which the second waits. */
export type PatchStep = 'target' | 'bypass off' | 'bypass on' | 'sync begins' | 'sync ends';

export const UPDATES = ['install', 'replace', 'remove'] as const;
export type Update = (typeof UPDATES)[number];

/** The steps of each update of a slot, once the slot itself has been exchanged. */
export type Protocol = Total<Update, readonly PatchStep[]>;

export const PROTOCOL: Protocol = {
  install: ['target', 'bypass off'],
  replace: ['target'],
  remove: ['bypass on', 'sync begins', 'sync ends', 'target'],
};

/** A subject may carry its own protocol; the kernel's is taken otherwise. */
export interface PokeSubject extends Subject {
  readonly poke?: Protocol;
  /** What a step of a CPU is. */
  readonly pass?: typeof passed;
}

export function protocolOf({ poke = PROTOCOL }: PokeSubject): Protocol {
  return poke;
}

export function plantProtocol(change: Partial<Protocol>) {
  return (subject: PokeSubject): PokeSubject => ({
    ...subject,
    poke: { ...protocolOf(subject), ...change },
  });
}

/** A site, and the watched CPU as far as it concerns the site. */
export interface Site {
  /** The jump over the site is there. */
  readonly bypass: BoolTerm;
  readonly target: BvTerm;
  /** The CPU has passed the bypass and not yet met the target. */
  readonly inside: BoolTerm;
  /** A grace period has begun and waits for the CPU to leave. */
  readonly waiting: BoolTerm;
}

export function anySite(name = 'site'): Site {
  return {
    bypass: boolVar(`${name}.bypass`),
    target: bvVar(`${name}.target`, 32),
    inside: boolVar(`${name}.inside`),
    waiting: boolVar(`${name}.waiting`),
  };
}

/** A site of a slot that nobody is writing, with no CPU in it. */
export function settledSite(program: BvTerm): Site {
  return { bypass: eq(program, NONE), target: program, inside: FALSE, waiting: FALSE };
}

/** When the patcher can make a step. */
export function canPatch(step: PatchStep, { waiting }: Site): BoolTerm {
  return step === 'sync ends' ? not(waiting) : TRUE;
}

/** The site after a step towards the program `wanted`. */
export function patched(step: PatchStep, site: Site, wanted: BvTerm): Site {
  switch (step) {
    case 'target':
      return { ...site, target: wanted };
    case 'bypass off':
      return { ...site, bypass: FALSE };
    case 'bypass on':
      return { ...site, bypass: TRUE };
    case 'sync begins':
      return { ...site, waiting: site.inside };
    case 'sync ends':
      return site;
  }
}

/** What a step of the CPU comes to. */
export interface Passage {
  readonly site: Site;
  /** The CPU goes on behind the call: the slot looks empty. */
  readonly skips: BoolTerm;
  /** The CPU has jumped into `entered`. */
  readonly jumps: BoolTerm;
  readonly entered: BvTerm;
  /** The CPU has met a nop where the jump should be. */
  readonly falls: BoolTerm;
}

/** The CPU executes the bypass, or the target if it is past the bypass. */
export function passed(site: Site): Passage {
  const { bypass, target, inside, waiting } = site;
  return {
    site: { ...site, inside: and(not(inside), not(bypass)), waiting: and(waiting, not(inside)) },
    skips: and(not(inside), bypass),
    jumps: and(inside, distinct(target, NONE)),
    entered: target,
    falls: and(inside, eq(target, NONE)),
  };
}

/** Which update leads from one program to the other. */
export function updateIs(update: Update, older: BvTerm, newer: BvTerm): BoolTerm {
  const conditions: Total<Update, BoolTerm> = {
    install: and(eq(older, NONE), distinct(newer, NONE)),
    replace: and(distinct(older, NONE), distinct(newer, NONE)),
    remove: and(distinct(older, NONE), eq(newer, NONE)),
  };
  return conditions[update];
}

export function siteIte(condition: BoolTerm, a: Site, b: Site): Site {
  return {
    bypass: ite(condition, a.bypass, b.bypass),
    target: ite(condition, a.target, b.target),
    inside: ite(condition, a.inside, b.inside),
    waiting: ite(condition, a.waiting, b.waiting),
  };
}
