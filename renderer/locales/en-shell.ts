/** What the desktop program says outside its window. */
export const shell = {
  tray: {
    out: 'Out through {{proxy}}',
    use: 'Use',
    automatic: 'The best one (automatic)',
    show: 'Show Paperplane',
  },
  menu: {
    quit: 'Quit Paperplane',
    file: 'File',
    close: 'Close the window',
    edit: 'Edit',
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    delete: 'Delete',
    selectAll: 'Select all',
    window: 'Window',
    minimize: 'Minimise',
    zoom: 'Zoom',
    about: 'About Paperplane',
    hide: 'Hide Paperplane',
    hideOthers: 'Hide others',
    unhide: 'Show all',
  },
  start: {
    failed: 'Paperplane could not start.',
    addressTaken:
      'Another program uses the address that Paperplane keeps for your apps ({{address}}). Close that program and start Paperplane again.',
  },
} as const;
