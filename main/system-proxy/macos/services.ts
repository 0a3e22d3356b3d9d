/** A network service of macOS: what System Settings lists under Network. */
export interface Service {
  readonly name: string;
  readonly device: string; // en0; '' where it has none
}

/**
 * The services that are switched on, from `networksetup -listnetworkserviceorder`, in the system's own order; the one that carries the default
 * route comes first. A renamed service keeps its device, so that is what they are compared by.
 */
export function parseServices(printed: string, primaryDevice: string | null): Service[] {
  const entries = printed.matchAll(/^\((\d+|\*)\) (.*)\r?\n\(Hardware Port: .*, Device: (.*)\)\r?$/gm);
  const services = [...entries].flatMap(([, order, name = '', device = '']) => (order === '*' ? [] : [{ name, device }]));
  const isPrimary = ({ device }: Service) => device !== '' && device === primaryDevice;
  return [...services.filter(isPrimary), ...services.filter((service) => !isPrimary(service))];
}

/** The device of the default route, from `route -n get default`. Null without a network. */
export function parsePrimaryDevice(printed: string): string | null {
  return /^\s*interface: (\S+)/m.exec(printed)?.[1] ?? null;
}
