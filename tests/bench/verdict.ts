/** What a figure must be. */
export interface Must {
  readonly text: string;
  isMet(value: number): boolean;
}

export const atLeast = (least: number): Must => ({ text: `>= ${least}`, isMet: (value) => value >= least });
export const atMost = (most: number): Must => ({ text: `<= ${most}`, isMet: (value) => value <= most });

/** The cells `must` and `verdict` of a line of a table; empty where nothing is wanted. No figure meets nothing. */
export function judged(value: number, must: Must | undefined): string {
  return must === undefined ? '|' : `${must.text} | ${verdict(must.isMet(value))}`;
}

/** `isMet` null: there is nothing that it must be. */
export function verdict(isMet: boolean | null): string {
  return isMet === null ? 'for comparison' : isMet ? 'met' : '**missed**';
}
