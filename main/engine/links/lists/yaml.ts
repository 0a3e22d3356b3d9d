import { FAILSAFE_SCHEMA, load, Type } from 'js-yaml';
import { LinkError } from '../../errors.ts';

// Every scalar stays the text that it is: `short-id: 00e1` is no number, `password: 123456` neither.
const merge = new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: unknown) => text === '<<' });
const schema = FAILSAFE_SCHEMA.extend({ implicit: [merge] });

/** The value of a YAML text, its scalars as text; aliases share their value, so they cannot fill the memory. Throws LinkError. */
export function parseYaml(text: string): unknown {
  try {
    return load(text, { schema, json: true });
  } catch {
    throw new LinkError('bad-encoding', 'YAML');
  }
}
