import { useLocale } from 'react-aria-components';
import { formatDuration } from './locales/duration.ts';

const steps = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

interface Formats {
  /** A length of time in seconds, in its largest whole unit. */
  readonly duration: (seconds: number) => string;
  readonly number: (value: number) => string;
  readonly bytes: (bytes: number) => string;
  readonly bytesPerSecond: (bytes: number) => string;
  readonly latency: (ms: number) => string;
  /** The day of a moment in milliseconds since 1970. */
  readonly date: (at: number) => string;
  /** A moment in milliseconds since 1970: the time of day, with the day unless it is today. */
  readonly time: (at: number, precision?: 'minute' | 'second') => string;
}

/** Numbers as the person's language writes them. Steps of 1,000, as networks count. */
export function useFormats(): Formats {
  const { locale } = useLocale();
  const write = (value: number, unit: string, fraction: number) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: fraction }).format(value);
  const sized = (bytes: number, suffix: string) => {
    const step = Math.min(steps.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3) - 1));
    const value = bytes / 1000 ** (step + 1);
    return write(value, `${steps[step]}${suffix}`, value < 100 ? 1 : 0);
  };
  return {
    duration: (seconds) => formatDuration(seconds, locale),
    number: (value) => new Intl.NumberFormat(locale).format(value),
    bytes: (bytes) => sized(bytes, ''),
    bytesPerSecond: (bytes) => sized(bytes, '-per-second'),
    latency: (ms) => write(Math.round(ms), 'millisecond', 0),
    date: (at) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(at),
    time: (at, precision = 'minute') => {
      const timeStyle = precision === 'minute' ? 'short' : 'medium';
      const isToday = new Date(at).toDateString() === new Date().toDateString();
      return new Intl.DateTimeFormat(locale, isToday ? { timeStyle } : { timeStyle, dateStyle: 'short' }).format(at);
    },
  };
}

/** For foreign text inside a sentence: its direction, and any direction marks in it, end with it (Unicode FSI and PDI). */
export const isolated = (text: string): string => `\u2068${text}\u2069`;

/** For an address, a link, a path or a version inside a sentence: from left to right, whatever it begins with (Unicode LRI and PDI). */
export const ltr = (text: string): string => `\u2066${text}\u2069`;
