import type { Locale } from './locale.ts';

export const share: Locale['share'] = {
  title: 'هم‌رسانی این پراکسی',
  titleAll: 'برون‌بری همهٔ پراکسی‌ها',
  titleFound: 'برون‌بری پراکسی‌های یافته‌شده',
  titleSelected: 'برون‌بری پراکسی‌های انتخاب‌شده',
  secret: 'گذرواژه‌ها در این هستند. تنها به کسانی بدهید که به آن‌ها اعتماد دارید.',
  qr: 'کد QR پیوند',
  qrTooLong: 'پیوند برای کد QR بیش از اندازه بلند است. آن را کپی کنید.',
  format: 'قالب',
  links: 'پیوندها، هر کدام در یک سطر',
  base64: 'Base64، مانند اشتراک‌ها',
  clash: 'Clash (YAML)',
  'sing-box': 'sing-box (JSON)',
  left_one: '{{count, number}} پراکسی را نمی‌توان در این قالب نوشت و کنار گذاشته شد.',
  left_other: '{{count, number}} پراکسی را نمی‌توان در این قالب نوشت و کنار گذاشته شدند.',
  copy: 'کپی',
  save: 'ذخیره…',
  close: 'بستن',
};
