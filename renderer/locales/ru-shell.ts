import type { Locale } from './locale.ts';

export const shell: Locale['shell'] = {
  tray: {
    out: 'Выход через {{proxy}}',
    use: 'Использовать',
    automatic: 'Лучший (автоматически)',
    show: 'Показать Paperplane',
  },
  menu: {
    quit: 'Завершить Paperplane',
    file: 'Файл',
    close: 'Закрыть окно',
    edit: 'Правка',
    undo: 'Отменить',
    redo: 'Повторить',
    cut: 'Вырезать',
    copy: 'Копировать',
    paste: 'Вставить',
    delete: 'Удалить',
    selectAll: 'Выделить всё',
    window: 'Окно',
    minimize: 'Свернуть',
    zoom: 'Изменить масштаб',
    about: 'О программе Paperplane',
    hide: 'Скрыть Paperplane',
    hideOthers: 'Скрыть остальные',
    unhide: 'Показать все',
  },
  start: {
    failed: 'Не удалось запустить Paperplane.',
    addressTaken:
      'Другая программа занимает адрес, который Paperplane держит для ваших приложений ({{address}}). Закройте её и запустите Paperplane снова.',
  },
};
