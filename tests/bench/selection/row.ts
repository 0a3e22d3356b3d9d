/** One line of the table. `isMet` null: there is nothing that it must be. */
export interface Row {
  readonly what: string;
  readonly must: string;
  readonly measured: string;
  readonly isMet: boolean | null;
}

export const roundTripMs = 100;
export const login = { username: 'lab', password: 'lab' };
export const ms = (value: number): string => `${value.toFixed(0)} ms`;
