/** A length of time in whole minutes, hours or days, as the language writes it: at least two of the unit, but for minutes. */
export function formatDuration(seconds: number, locale: string): string {
  const [unit, size] =
    seconds >= 172_800 ? (['day', 86_400] as const) : seconds >= 7200 ? (['hour', 3600] as const) : (['minute', 60] as const);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(seconds / size));
}
