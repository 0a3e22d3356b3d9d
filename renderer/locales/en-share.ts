/** Giving proxies away. */
export const share = {
  title: 'Share this proxy',
  titleAll: 'Export all proxies',
  titleFound: 'Export the proxies found',
  secret: 'This holds the passwords. Give it only to people you trust.',
  qr: 'QR code of the link',
  qrTooLong: 'The link is too long for a QR code. Copy it instead.',
  format: 'Form',
  links: 'Links, one a line',
  base64: 'Base64, as subscriptions have it',
  clash: 'Clash (YAML)',
  'sing-box': 'sing-box (JSON)',
  left_one: '{{count, number}} proxy cannot be written in this form and is left out.',
  left_other: '{{count, number}} proxies cannot be written in this form and are left out.',
  copy: 'Copy',
  save: 'Save…',
  close: 'Close',
} as const;
