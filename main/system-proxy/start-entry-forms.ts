/** What a system wants to be told so that it starts a command at login. Pure. They throw SystemProxyError where it cannot be said there. */
import type { StartCommand } from './start-command.ts';
import { SystemProxyError } from './system-proxy-error.ts';

export const agentLabel = 'net.paperplane.desktop.restore';
const asNode = 'ELECTRON_RUN_AS_NODE';
/** Windows takes no longer one (learn.microsoft.com: Run and RunOnce Registry Keys). */
const maxCommandLineChars = 260;

/** Desktop Entry Specification 1.5; every argument is quoted, as "The Exec key" there wants it, and then escaped as any value is. */
export function printDesktopEntry({ args, isNode }: StartCommand): string {
  const [program = ''] = args;
  if (isNode && program.includes('=')) throw new SystemProxyError('system-proxy-failed', 'start entry: env takes it for a variable');
  const words = isNode ? ['/usr/bin/env', `${asNode}=1`, ...args] : args;
  const quote = (word: string) => `"${word.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`;
  return `[Desktop Entry]
Type=Application
Name=Paperplane
Comment=Gives the system back its own proxy setting after a power failure
Exec=${words.map(checked).map(quote).join(' ').replaceAll('\\', '\\\\')}
NoDisplay=true
`;
}

/** launchd.plist(5). */
export function printLaunchAgent({ args, isNode }: StartCommand): string {
  const quote = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const environment = isNode ? `\n  <key>EnvironmentVariables</key>\n  <dict><key>${asNode}</key><string>1</string></dict>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${agentLabel}</string>
  <key>RunAtLoad</key>
  <true/>${environment}
  <key>ProgramArguments</key>
  <array>
${args.map((arg) => `    <string>${quote(checked(arg))}</string>\n`).join('')}  </array>
</dict>
</plist>
`;
}

/** As programs on Windows take it apart (learn.microsoft.com: CommandLineToArgvW); no variable can be set for it. */
export function printCommandLine({ args }: StartCommand): string {
  const quote = (arg: string) => `"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`;
  const line = args.map(checked).map(quote).join(' ');
  if (line.length > maxCommandLineChars) throw new SystemProxyError('system-proxy-failed', 'start entry: too long');
  return line;
}

/** These files are read line by line, and XML cannot hold all of it. */
function checked(arg: string): string {
  if (/\p{Cc}|\p{Cs}|\p{Noncharacter_Code_Point}/u.test(arg))
    throw new SystemProxyError('system-proxy-failed', 'start entry: control character');
  return arg;
}
