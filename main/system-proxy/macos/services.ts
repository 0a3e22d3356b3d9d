/**
 * The names of the network services that are switched on, from `networksetup -listnetworkserviceorder`, in the system's own order; the one that
 * carries the default route comes first. That is told by the device, for a service may have any name.
 */
export function parseServices(printed: string, primaryDevice: string | null): string[] {
  const entries = printed.matchAll(/^\((\d+|\*)\) (.*)\r?\n\(Hardware Port: .*, Device: (.*)\)\r?$/gm);
  const services = [...entries].flatMap(([, order, name = '', device = '']) => (order === '*' ? [] : [{ name, device }]));
  const isPrimary = ({ device }: { device: string }) => device !== '' && device === primaryDevice;
  return [...services.filter(isPrimary), ...services.filter((service) => !isPrimary(service))].map(({ name }) => name);
}

/** The device of the default route, from `route -n get default`. Null without a network. */
export function parsePrimaryDevice(printed: string): string | null {
  return /^\s*interface: (\S+)/m.exec(printed)?.[1] ?? null;
}
