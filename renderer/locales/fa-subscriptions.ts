import type { Locale } from './locale.ts';

export const subscriptions: Locale['subscriptions'] = {
  title: 'فهرست‌ها',
  lead: 'Paperplane این‌ها را هر چند وقت یک‌بار از راه پراکسی‌های شما دوباره می‌گیرد. برای افزودن یکی دیگر، نشانی آن را در بالا بچسبانید.',
  proxies_one: '{{count, number}} پراکسی',
  proxies_other: '{{count, number}} پراکسی',
  updating: 'فهرست گرفته می‌شود…',
  updated: 'گرفته‌شده در {{time}}',
  never: 'هنوز گرفته نشده',
  kept: 'گرفته نشد: {{reason}}',
  plain: 'رمزگذاری ندارد: هر کس در راه باشد می‌تواند این فهرست را بخواند و عوض کند.',
  quota: '{{used}} از {{total}} مصرف شده',
  used: '{{used}} مصرف شده',
  expires: 'تا {{date}}',
  expired: 'در {{date}} تمام شد',
  update: 'گرفتن {{name}} همین حالا',
  remove: 'برداشتن {{name}}',
  removeTitle: 'این فهرست برداشته شود؟',
  removeText: 'پراکسی‌هایی که تنها از آن آمده‌اند هم می‌روند، مگر آنکه یکی سنجاق شده باشد. نشانی آن فراموش می‌شود.',
  offer_one: 'مشترک این فهرست پراکسی می‌شوید؟',
  offer_other: 'مشترک این {{count, number}} فهرست پراکسی می‌شوید؟',
  offerLead:
    'Paperplane آن را اکنون و سپس هر چند وقت یک‌بار از راه پراکسی‌های شما می‌گیرد. تنها اگر به جایی که از آن آمده اعتماد دارید مشترک شوید.',
  accept: 'مشترک شدن',
};
