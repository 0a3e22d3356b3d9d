import type { Locale } from './locale.ts';

export const share: Locale['share'] = {
  title: 'اشتراک‌گذاری این پروکسی',
  titleAll: 'خروجی گرفتن از همهٔ پروکسی‌ها',
  titleFound: 'خروجی گرفتن از پروکسی‌های پیداشده',
  titleSelected: 'خروجی گرفتن از پروکسی‌های انتخاب‌شده',
  secret: 'این شامل رمزهای عبور است. آن را فقط به کسانی بدهید که به آن‌ها اعتماد دارید.',
  qr: 'کد QR لینک',
  qrTooLong: 'لینک برای کد QR بیش از حد طولانی است. آن را کپی کنید.',
  format: 'قالب',
  links: 'لینک‌ها، هر کدام در یک خط',
  base64: 'Base64، مانند اشتراک‌ها',
  clash: 'Clash (YAML)',
  'sing-box': 'sing-box (JSON)',
  left_one: '{{count, number}} پروکسی در این قالب جا نمی‌گیرد و کنار گذاشته شد.',
  left_other: '{{count, number}} پروکسی در این قالب جا نمی‌گیرند و کنار گذاشته شدند.',
  copy: 'کپی',
  save: 'ذخیره…',
  close: 'بستن',
};
