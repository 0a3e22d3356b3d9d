import { expect as patient } from 'playwright/test';
import { patienceMs } from './patience.ts';

/** Playwright's expectations, with patience for a busy machine: they end as soon as they come true. */
export const expect = patient.configure({ timeout: patienceMs });
