import type { Connection, ConnectionChange } from './connection.ts';
import { wininetSource } from './wininet-source.ts';

/** What the script answers; `reason` is why it could not: `language-mode` where a policy forbids it, else what Windows said. */
export interface Answer {
  readonly connections?: readonly Connection[];
  readonly written?: number;
  /** A policy of the computer makes Windows ignore the settings of this user. */
  readonly managed?: boolean;
  readonly reason?: string;
}

/**
 * One start of PowerShell for one operation, as a start takes up to a second: writes the connections that come on standard input, tells the
 * running programs, and answers with what Windows has afterwards. Only ASCII goes in and out, so that no code page matters, and the answer is not left to PowerShell to print, which may wrap it.
 */
const script = `
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$env:PSModulePath = "$PSHOME\\Modules"
if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') { '{"reason":"language-mode"}'; exit 1 }
function Say($value) {
  $json = ConvertTo-Json -InputObject $value -Depth 4 -Compress
  $ascii = [regex]::Replace($json, '[^\\x20-\\x7e]', { param($match) '\\u{0:x4}' -f [int][char]$match.Value })
  [Console]::Out.WriteLine($ascii)
}
try {
  $request = -join @($input)
  if (-not $request -and [Console]::IsInputRedirected) { $request = [Console]::In.ReadToEnd().Trim() }
  Add-Type -TypeDefinition @'${wininetSource}
'@
  $written = 0
  if ($request) {
    $wanted = ConvertFrom-Json -InputObject ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($request)))
    foreach ($item in $wanted) {
      $server, $bypass, $autoConfigUrl, $flags = [PaperplaneWinInet]::Read($item.name)
      if ($null -ne $item.server) { $server = $item.server }
      if ($null -ne $item.bypass) { $bypass = $item.bypass }
      if ($null -ne $item.autoConfigUrl) { $autoConfigUrl = $item.autoConfigUrl }
      $flags = ([int]$flags -band (-bnot [int]$item.off)) -bor [int]$item.on
      [PaperplaneWinInet]::Write($item.name, $server, $bypass, $autoConfigUrl, $flags)
      $written++
    }
    [PaperplaneWinInet]::Tell()
  }
  $settings = 'HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections'
  $known = @()
  if (Test-Path -LiteralPath $settings) { $known = (Get-Item -LiteralPath $settings).GetValueNames() }
  $own = 'DefaultConnectionSettings', 'SavedLegacySettings', 'WinHttpSettings', ''
  $names = @('') + @([PaperplaneWinInet]::RasNames() + $known | Where-Object { $own -notcontains $_ } | Select-Object -Unique)
  $connections = @(foreach ($name in $names) {
    $server, $bypass, $autoConfigUrl, $flags = [PaperplaneWinInet]::Read($name)
    @{ name = $name; server = $server; bypass = $bypass; autoConfigUrl = $autoConfigUrl; flags = [int]$flags }
  })
  $policy = 'HKLM:\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings'
  $perUser = (Get-ItemProperty -LiteralPath $policy -ErrorAction SilentlyContinue).ProxySettingsPerUser
  Say @{ connections = $connections; written = $written; managed = ($perUser -eq 0 -and $null -ne $perUser) }
} catch {
  Say @{ reason = "$_" }
  exit 1
}
`;

/** The arguments for powershell.exe: no profile, no question, and the script in the form that needs no quoting. */
export const wininetArguments: readonly string[] = [
  '-NoLogo',
  '-NoProfile',
  '-NonInteractive',
  '-ExecutionPolicy',
  'Bypass',
  '-InputFormat',
  'Text',
  '-OutputFormat',
  'Text',
  '-EncodedCommand',
  Buffer.from(script, 'utf16le').toString('base64'),
];

/** What the script reads on standard input; '' changes nothing. */
export function printRequest(changes: readonly ConnectionChange[]): string {
  return changes.length === 0 ? '' : `${Buffer.from(JSON.stringify(changes)).toString('base64')}\n`;
}

/** Finds the script's answer in what PowerShell printed, where other lines may stand before it. Null where there is none. */
export function parseAnswer(stdout: string): Answer | null {
  const line = stdout.split(/\r?\n/).findLast((text) => text.startsWith('{'));
  try {
    const answer: unknown = JSON.parse(line ?? '');
    return isAnswer(answer) ? answer : null;
  } catch {
    return null;
  }
}

function isAnswer(value: unknown): value is Answer {
  if (!isRecord(value)) return false;
  const { connections, written, managed, reason } = value;
  if (connections === undefined) return typeof reason === 'string';
  const areConnections = Array.isArray(connections) && connections.every(isConnection);
  return areConnections && typeof written === 'number' && typeof managed === 'boolean';
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function isConnection(value: unknown): value is Connection {
  if (!isRecord(value) || typeof value.flags !== 'number') return false;
  return [value.name, value.server, value.bypass, value.autoConfigUrl].every((text) => typeof text === 'string');
}
