import type { Locale } from './locale.ts';

export const selection: Locale['selection'] = {
  count_one: '{{count, number}} انتخاب شده',
  count_other: '{{count, number}} انتخاب شده',
  select: 'انتخاب',
  all: 'انتخاب همه',
  allFound: 'انتخاب همهٔ یافته‌ها',
  clear: 'لغو انتخاب',
  removeTitle_one: '{{count, number}} پراکسی حذف شود؟',
  removeTitle_other: '{{count, number}} پراکسی حذف شوند؟',
  removeText: 'پیوندهای آن‌ها فراموش می‌شوند. اگر شاید باز لازم شوند، نخست برون‌بری کنید.',
};
