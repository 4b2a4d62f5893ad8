import type { Facts, HostFactsRow } from '../facts/host-facts.repository.js';
import type { SystemRequirement } from '../resolution/system-requirement.js';

export interface SystemNeed {
  requirement: SystemRequirement;
  /** Keys of the plugins that have it. */
  askedBy: string[];
}

export interface SystemVerdict extends SystemNeed {
  /** What the host reported; undefined when nothing. */
  found?: string;
  /** Undefined when no host has reported anything. */
  met?: boolean;
}

export interface SystemCheck {
  /** The host that was looked at: the one that meets most; undefined when none has reported anything. */
  host?: string;
  verdicts: SystemVerdict[];
}

/** Holds requirements against what hosts offer: one host has to meet all of them; the one that meets most is answered. */
export function checkSystem(needs: readonly SystemNeed[], hosts: readonly HostFactsRow[]): SystemCheck {
  const checks = hosts.map(({ host, facts }) => ({
    host,
    verdicts: needs.map((need) => verdictOf(need, facts)),
  }));
  const unmet = ({ verdicts }: SystemCheck): number => verdicts.filter(({ met }) => met === false).length;
  return checks.toSorted((a, b) => unmet(a) - unmet(b))[0] ?? { verdicts: [...needs] };
}

function verdictOf(need: SystemNeed, facts: Facts): SystemVerdict {
  const fact = Object.hasOwn(facts, need.requirement.name) ? facts[need.requirement.name] : false;
  if (fact === false) return { ...need, met: false };
  const found = String(fact);
  return { ...need, found, met: need.requirement.meets(found) };
}
