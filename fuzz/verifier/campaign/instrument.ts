// Parts of a verifier that tell which of its rules a verification met, and what each gave.

import type { Parts } from '../../../model/verifier/index.ts';
import { Rejection } from '../../../model/verifier/verification.ts';

/** What a rule gave: it refused the program, it said yes or no, or it went through. */
export type Side = 'refused' | 'yes' | 'no' | 'passed';

type Rule = (...operands: readonly unknown[]) => unknown;

/** By name (`memory.access`), the sides that were met since they were last taken. */
export class RuleSides {
  private met = new Set<string>();

  /** Sides met, `memory.access passed`; forgotten from now on. */
  take(): readonly string[] {
    const met = [...this.met];
    this.met = new Set();
    return met;
  }

  /** The same rules, watched. */
  watch(parts: Parts): Parts {
    const watched = Object.entries(parts).map(([part, rules]) => [
      part,
      Object.fromEntries(
        Object.entries(rules).map(([name, rule]) => [
          name,
          typeof rule === 'function' ? this.watchRule(`${part}.${name}`, rule as Rule) : rule,
        ]),
      ),
    ]);
    return Object.fromEntries(watched) as Parts;
  }

  private watchRule(name: string, rule: Rule): Rule {
    const sides = sideNames(name);
    return (...operands) => {
      try {
        const result = rule(...operands);
        this.met.add(sides[result === true ? 'yes' : result === false ? 'no' : 'passed']);
        return result;
      } catch (problem) {
        if (problem instanceof Rejection) this.met.add(sides.refused);
        throw problem;
      }
    };
  }
}

function sideNames(name: string): Readonly<Record<Side, string>> {
  const side = (what: Side) => `${name} ${what}`;
  return {
    refused: side('refused'),
    yes: side('yes'),
    no: side('no'),
    passed: side('passed'),
  };
}

/** Names of all rules. */
export function ruleNames(parts: Parts): string[] {
  return Object.entries(parts).flatMap(([part, rules]) =>
    Object.entries(rules).flatMap(([name, rule]) =>
      typeof rule === 'function' ? [`${part}.${name}`] : [],
    ),
  );
}

/** What a rule is called that refuses programs, and must be seen to. */
const REFUSES = /\.(check|refuse|require)(?![a-z])/;
/** What one is called that says yes or no. */
const DECIDES = /\.(is|are|may|can|has|fits|stays|covers|leaks|refuses)(?![a-z_])/;

/** Sides that a campaign has to meet, as the name of a rule tells. */
export function sidesOf(name: string): readonly Side[] {
  if (REFUSES.test(name)) return ['passed', 'refused'];
  return DECIDES.test(name) ? ['yes', 'no'] : [];
}
