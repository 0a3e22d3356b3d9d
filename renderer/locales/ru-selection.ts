import type { Locale } from './locale.ts';

export const selection: Locale['selection'] = {
  count_one: 'Выбран {{count, number}}',
  count_few: 'Выбрано {{count, number}}',
  count_many: 'Выбрано {{count, number}}',
  count_other: 'Выбрано {{count, number}}',
  select: 'Выбрать',
  all: 'Выбрать все',
  allFound: 'Выбрать все найденные',
  clear: 'Снять выбор',
  removeTitle_one: 'Удалить {{count, number}} прокси?',
  removeTitle_few: 'Удалить {{count, number}} прокси?',
  removeTitle_many: 'Удалить {{count, number}} прокси?',
  removeTitle_other: 'Удалить {{count, number}} прокси?',
  removeText: 'Их ссылки тоже будут удалены. Если они ещё могут понадобиться, сначала экспортируйте их.',
};
