/** A kernel profile: which features the modelled kernel has. Mechanisms ask for a feature by name. */
export interface Profile {
  readonly name: string;
  readonly features: ReadonlySet<string>;
}

export const linux_6_12: Profile = { name: 'linux-6.12', features: new Set() };
