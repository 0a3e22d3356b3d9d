import { expect as patient } from 'playwright/test';

/** Playwright's expectations, with patience for a busy machine: they end as soon as they come true. */
export const expect = patient.configure({ timeout: 20_000 });
