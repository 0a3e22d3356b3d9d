import { FAILSAFE_SCHEMA, load, mergeTag } from 'js-yaml';
import { LinkError } from '../../errors.ts';

// Every scalar stays the text that it is: `short-id: 00e1` is no number, `password: 123456` neither.
const schema = FAILSAFE_SCHEMA.withTags(mergeTag);
/** A list of 50,000 proxies that all take ten keys from one template. */
const maxTotalMergeKeys = 500_000;

/** Other parsers let a closing bracket stand as far left as what it belongs to, against YAML 1.2, section 7.4; so people write it. */
const outdentedClosers = /^([ \t]*)(?=[\]}])/gm;

/** The value of a YAML text, its scalars as text; aliases share their value, so they cannot fill the memory. Throws LinkError. */
export function parseYaml(text: string): unknown {
  try {
    return load(text.replace(outdentedClosers, '$1 '), { schema, json: true, maxTotalMergeKeys });
  } catch {
    throw new LinkError('bad-encoding', 'YAML');
  }
}
