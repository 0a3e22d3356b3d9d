import type { Locale } from './locale.ts';

export const selection: Locale['selection'] = {
  count_one: '{{count, number}} انتخاب شده',
  count_other: '{{count, number}} انتخاب شده',
  select: 'انتخاب',
  all: 'انتخاب همه',
  allFound: 'انتخاب همهٔ پیداشده‌ها',
  clear: 'لغو انتخاب',
  removeTitle_one: '{{count, number}} پروکسی حذف شود؟',
  removeTitle_other: '{{count, number}} پروکسی حذف شوند؟',
  removeText: 'لینک‌هایشان هم حذف می‌شود. اگر شاید دوباره لازم شوند، اول از آن‌ها خروجی بگیرید.',
};
