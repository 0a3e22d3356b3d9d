import type { Locale } from './locale.ts';

export const share: Locale['share'] = {
  title: 'Поделиться этим прокси',
  titleAll: 'Экспорт всех прокси',
  titleFound: 'Экспорт найденных прокси',
  titleSelected: 'Экспорт выбранных прокси',
  secret: 'Здесь есть пароли. Передавайте это только тем, кому доверяете.',
  qr: 'QR-код ссылки',
  qrTooLong: 'Ссылка слишком длинная для QR-кода. Скопируйте её.',
  format: 'Формат',
  links: 'Ссылки, по одной в строке',
  base64: 'Base64, как в подписках',
  clash: 'Clash (YAML)',
  'sing-box': 'sing-box (JSON)',
  left_one: '{{count, number}} прокси нельзя записать в этом формате, он пропущен.',
  left_few: '{{count, number}} прокси нельзя записать в этом формате, они пропущены.',
  left_many: '{{count, number}} прокси нельзя записать в этом формате, они пропущены.',
  left_other: '{{count, number}} прокси нельзя записать в этом формате, они пропущены.',
  copy: 'Скопировать',
  save: 'Сохранить…',
  close: 'Закрыть',
};
