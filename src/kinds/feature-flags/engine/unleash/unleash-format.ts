/** A feature as Unleash's client API and exports write it; what is not evaluated is left out. */
export interface UnleashFeature {
  readonly strategies?: readonly UnleashStrategy[];
  readonly variants?: readonly UnleashVariant[];
  readonly dependencies?: readonly UnleashDependency[];
}

export interface UnleashStrategy {
  readonly name: string;
  readonly disabled?: boolean | null;
  readonly parameters?: Readonly<Record<string, unknown>> | null;
  readonly constraints?: readonly UnleashConstraint[] | null;
  /** Ids of segments; all must hold. */
  readonly segments?: readonly (number | string)[] | null;
  readonly variants?: readonly UnleashVariant[] | null;
}

export interface UnleashConstraint {
  readonly contextName: string;
  readonly operator: string;
  readonly inverted?: boolean;
  readonly caseInsensitive?: boolean;
  readonly values?: readonly string[];
  readonly value?: string | number;
}

export interface UnleashVariant {
  readonly name: string;
  readonly weight: number;
  readonly stickiness?: string;
  readonly payload?: UnleashPayload;
  readonly overrides?: readonly { readonly contextName: string; readonly values: readonly string[] }[];
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
