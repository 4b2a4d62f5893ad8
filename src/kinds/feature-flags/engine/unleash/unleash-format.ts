/** A feature as Unleash's client API and exports write it; what is not evaluated is left out. */
export interface UnleashFeature {
  /** As Unleash has it, whatever the flag's key is here: it is part of what is hashed, and what dependencies name. */
  readonly name: string;
  readonly strategies?: readonly UnleashStrategy[];
  readonly variants?: readonly UnleashVariant[];
  readonly dependencies?: readonly UnleashDependency[];
}

export interface UnleashStrategy {
  readonly name: string;
  readonly title?: string | null;
  readonly disabled?: boolean | null;
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly constraints?: readonly UnleashConstraint[] | null;
  /** All must hold: a number stands for the segment `unleash:<number>`, a text is a segment's key. */
  readonly segments?: readonly (number | string)[] | null;
  readonly variants?: readonly UnleashVariant[] | null;
}

export interface UnleashConstraint {
  readonly contextName: string;
  readonly operator: string;
  readonly inverted?: boolean;
  readonly caseInsensitive?: boolean;
  readonly values?: readonly string[] | null;
  readonly value?: string | number | null;
}

export interface UnleashVariant {
  readonly name: string;
  readonly weight: number;
  readonly stickiness?: string;
  readonly payload?: UnleashPayload | null;
  readonly overrides?: readonly { readonly contextName: string; readonly values: readonly string[] }[] | null;
}

export interface UnleashPayload {
  readonly type: string;
  readonly value: string;
}

export interface UnleashDependency {
  readonly feature: string;
  /** Absent: true. */
  readonly enabled?: boolean;
  readonly variants?: readonly string[];
}
