/** What is done with several proxies of the list. */
export const selection = {
  count_one: '{{count, number}} selected',
  count_other: '{{count, number}} selected',
  select: 'Select',
  all: 'Select all',
  allFound: 'Select all found',
  clear: 'Clear the selection',
  removeTitle_one: 'Remove {{count, number}} proxy?',
  removeTitle_other: 'Remove {{count, number}} proxies?',
  removeText: 'Their links are forgotten. Export them first if you may need them again.',
} as const;
