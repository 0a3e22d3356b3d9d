import type { ErrorCode, Rejection, RejectionCode } from '../../preload/contract.ts';

/** One sentence for each error code: what happened, and where it helps, what to do. The type system checks that none is missing. */
export const errors = {
  'proxy-refused': 'The proxy refuses connections. It may be switched off.',
  'proxy-unreachable': 'There is no way to reach the proxy from your network.',
  'proxy-name-not-found': 'The proxy’s name could not be found.',
  'proxy-timeout': 'The proxy did not answer in time.',
  'proxy-closed': 'The proxy hung up before it was ready. It may be blocked on the way.',
  'proxy-protocol': 'Something answered, but not as this kind of proxy does. The link may be wrong.',
  'proxy-certificate': 'The proxy could not prove that it is who the link says. Do not trust it.',
  'proxy-clock': 'The clocks of the proxy and of this computer are too far apart. Check the date and time of this computer.',
  'proxy-login-required': 'The proxy asks for a user name and password, and the link has none.',
  'proxy-login-rejected': 'The proxy does not accept the user name or password in the link.',
  'proxy-unsupported': 'The proxy cannot do what is needed.',
  'proxy-failed': 'The proxy could not connect, and does not say why.',
  'proxy-tampered': 'The proxy changes what passes through it. Do not trust it.',
  'destination-refused': 'The site refuses connections.',
  'destination-unreachable': 'The site cannot be reached through the proxy.',
  'destination-name-not-found': 'There is no site of that name.',
  'destination-timeout': 'The site did not answer in time.',
  'destination-forbidden': 'The proxy does not allow this site.',
  'no-proxies': 'There are no proxies yet.',
  'no-proxy-works': 'All proxies were tried, and none connected.',
  aborted: 'It was stopped.',
  'bad-request': 'The request makes no sense.',
  'login-required': 'A user name and password are needed.',
  'not-supported': 'Paperplane cannot do this yet.',
  'too-many-clients': 'Too many connections are open at once.',
  'unknown-command': 'This window and the program behind it do not fit together. Start Paperplane again.',
  'bad-arguments': 'The program behind this window did not accept that. It may be too long.',
  'unknown-proxy': 'This proxy is no longer in the list.',
  'not-spoken': 'Paperplane cannot use this kind of proxy yet. The link is kept for later.',
  'not-connected': 'This window has lost contact with the program behind it.',
  'data-folder-in-use': 'Another Paperplane is already running with the same data.',
  'data-folder-unusable':
    'Paperplane cannot read or write its data folder. The disk may be full, or the folder may belong to someone else.',
  'database-too-new': 'The saved data was written by a newer Paperplane. Install the newer version to use it.',
  'system-proxy-unsupported': 'This desktop has no proxy setting that Paperplane can change. Set it by hand.',
  'system-proxy-tool-missing': 'The program that changes this desktop’s proxy setting is not installed.',
  'system-proxy-administrator':
    'This Mac asks for an administrator before network settings change. Set the proxy by hand, or use an account that may administer this Mac.',
  'system-proxy-login':
    'The proxy that is set now has a saved password, which Paperplane could not put back later. Switch that proxy off in the network settings first.',
  'system-proxy-denied': 'The system does not let you change its proxy setting. An administrator may have locked it.',
  'system-proxy-timeout': 'The system did not change its proxy setting in time. Try again.',
  'system-proxy-failed': 'The system did not take the proxy setting, so everything was put back as it was.',
  'system-proxy-in-use': 'Another Paperplane has turned on the system’s proxy. Turn it off there first.',
  'system-proxy-not-restored':
    'The system’s proxy setting could not be put back as it was. Paperplane tries again when it starts. “Fix my internet” shows what is set now.',
  'system-proxy-journal':
    'Another version of Paperplane has left a proxy setting here, and this one cannot read what was set before. Start that version once more, or see “Fix my internet”. Nothing is lost: the notes are kept.',
  'system-proxy-no-endpoint': 'The system can only use Paperplane without a password, and there is no local address without one.',
  'system-proxy-unguarded': 'The process that puts your settings back after a crash could not start, so nothing was changed.',
  'finding-gone': 'What was to be repaired has changed meanwhile. Look again.',
  'repair-failed': 'The system did not allow this change, so nothing was changed.',
  'list-refused': 'The server did not give the list. Its address may have changed or expired.',
  'list-insecure': 'The way to this list is not safe: its certificate is not valid, or it leads to an address without encryption.',
  'list-too-large': 'The list is larger than 8 MB.',
  'list-is-page': 'A web page came instead of a list. The address may be wrong, or somebody put a page in its place.',
  'list-empty': 'There is nothing in this list that can be used.',
  'unknown-subscription': 'This list is not there any more.',
  internal: 'Something went wrong inside Paperplane. Please try again.',
} as const satisfies Record<ErrorCode, string>;

/** One sentence for each reason why a line was not imported. */
export const rejections = {
  'no-link': 'There is no proxy link in this line.',
  'unknown-scheme': 'Paperplane does not know links that begin with “{{detail}}”.',
  'not-spoken': 'Paperplane cannot read this form yet ({{detail}}).',
  'is-subscription': 'This is the address of a list of proxies, not a proxy. Paste it by itself to subscribe to it.',
  'no-host': 'The link does not say which server to connect to.',
  'bad-host': 'The server’s name or address in the link is not valid.',
  'no-port': 'The link has no port number.',
  'no-secret': 'The link has no password, key or id, and such a proxy needs one.',
  'bad-port': 'The port must be a number from 1 to 65535.',
  'ipv6-brackets': 'An IPv6 address with a port needs brackets, like [2001:db8::1]:1080.',
  'bad-encoding': 'A part of the link is damaged ({{detail}}). It may have been cut when it was copied.',
  'login-too-long': 'The user name or password is longer than 255 bytes.',
  'login-not-possible': '{{detail}} proxies cannot have a password.',
  'link-too-long': 'The link is longer than 16 KB.',
  'too-many-links': 'Only the first 50,000 links of a paste are taken, fewer if they are very long.',
} as const satisfies Record<RejectionCode, string>;

/** The English sentence for a rejected line, for places without a screen. */
export function rejectionSentence(rejection: Rejection): string {
  return rejections[rejection.code].replace('{{detail}}', () => rejection.detail ?? '?');
}
