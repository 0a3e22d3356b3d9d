import { z } from 'zod';
import { type Arguments, type CommandName, type Commands, exportFormats, modes, type Outcome } from '../../preload/contract.ts';
import { bypassPattern } from '../../preload/system-proxy.ts';
import { errorCode } from '../engine/errors.ts';

const maxTextBytes = 8 * 1024 * 1024;
const maxIds = 100_000;
const id = z.string().min(1).max(100);
const ids = z.array(id).max(maxIds);
const search = z.string().max(200).exactOptional();

/** What each command takes; anything more or else is refused. */
const schemas = {
  importText: z.strictObject({
    text: z.string().refine((text) => Buffer.byteLength(text) <= maxTextBytes),
    source: z.string().max(200).exactOptional(),
  }),
  answerPending: z.strictObject({ id: z.number(), accept: z.boolean() }),
  updateSubscriptions: z.strictObject({ ids: z.union([ids, z.literal('all')]) }),
  removeSubscription: z.strictObject({ id }),
  listProxies: z.strictObject({
    offset: z.int().min(0),
    limit: z.int().min(1).max(500),
    search,
  }),
  listProxyIds: z.strictObject({ search }),
  testProxies: z.strictObject({ ids: z.union([ids, z.literal('all')]) }),
  cancelTests: z.strictObject({}),
  pinProxy: z.strictObject({ id: id.nullable(), minutes: z.int().min(1).max(10_080).exactOptional() }),
  excludeProxies: z.strictObject({ ids, excluded: z.boolean() }),
  listSwitches: z.strictObject({}),
  removeProxies: z.strictObject({ ids: z.union([ids, z.literal('failing')]) }),
  exportProxies: z.strictObject({ ids: z.union([ids, z.literal('all')]), format: z.enum(exportFormats) }),
  changeSettings: z.strictObject({
    claimTelegramLinks: z.boolean().exactOptional(),
    mode: z.enum(modes).exactOptional(),
    group: z.string().max(200).nullable().exactOptional(),
    allowDirectCheck: z.boolean().exactOptional(),
    allowDirectFetch: z.boolean().exactOptional(),
  }),
  dismissNotice: z.strictObject({ id }),
  setSystemProxy: z.strictObject({ on: z.boolean() }),
  changeSystemProxy: z.strictObject({
    bypass: z.array(z.string().max(253).regex(bypassPattern)).max(200).exactOptional(),
    pac: z.boolean().exactOptional(),
    neverDirect: z.boolean().exactOptional(),
    reapply: z.boolean().exactOptional(),
  }),
  diagnose: z.strictObject({}),
  repair: z.strictObject({ id }),
} satisfies { [N in CommandName]: z.ZodType<Arguments<N>> };

/** Carries out one call from outside, whatever its name and arguments are. Never rejects: failures are outcomes. */
export type Dispatch = (name: unknown, args: unknown) => Promise<Outcome<unknown>>;

/** Hears of a command (or `http`) that failed with `internal`. It never gets the arguments, which may hold secrets. */
export type LogFailure = (what: CommandName | 'http', error: unknown) => void;

/**
 * The door that both carriers share: a known name, arguments of the right shape and size, and errors as codes. A command that this program
 * does not have is unknown too.
 */
export function createDispatch(engine: { readonly commands: Partial<Commands> }, log: LogFailure): Dispatch {
  return async (name, args) => {
    if (!isCommandName(name)) return { ok: false, code: 'unknown-command' };
    // The table above ties each name to its arguments, which TypeScript cannot follow through a variable name.
    const command = engine.commands[name] as ((args: unknown) => Promise<unknown>) | undefined;
    if (command === undefined) return { ok: false, code: 'unknown-command' };
    try {
      const checked = schemas[name].safeParse(args);
      if (!checked.success) return { ok: false, code: 'bad-arguments' };
      return { ok: true, value: await command.call(engine.commands, checked.data) };
    } catch (error) {
      const code = errorCode(error);
      if (code === 'internal') log(name, error);
      return { ok: false, code };
    }
  };
}

/** Own keys only, so that `constructor` and its like are no commands. */
function isCommandName(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(schemas, name);
}
