import type { Locale } from './locale.ts';

export const shell: Locale['shell'] = {
  tray: {
    out: 'اتصال با \u2068{{proxy}}\u2069',
    use: 'استفاده از',
    automatic: 'بهترین (خودکار)',
    show: 'نمایش Paperplane',
  },
  menu: {
    quit: 'خروج از Paperplane',
    file: 'فایل',
    close: 'بستن پنجره',
    edit: 'ویرایش',
    undo: 'واگرد',
    redo: 'ازنو',
    cut: 'برش',
    copy: 'کپی',
    paste: 'چسباندن',
    delete: 'حذف',
    selectAll: 'انتخاب همه',
    window: 'پنجره',
    minimize: 'کوچک کردن',
    zoom: 'بزرگ‌نمایی',
    about: 'دربارهٔ Paperplane',
    hide: 'پنهان کردن Paperplane',
    hideOthers: 'پنهان کردن دیگر برنامه‌ها',
    unhide: 'نمایش همه',
  },
  start: {
    failed: 'Paperplane اجرا نشد.',
    addressTaken:
      'برنامهٔ دیگری از آدرسی استفاده می‌کند که Paperplane برای برنامه‌های شما نگه می‌دارد (\u2066{{address}}\u2069). آن را ببندید و Paperplane را دوباره باز کنید.',
  },
};
