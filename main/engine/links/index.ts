export { parseLink } from './parse-link.ts';
export { scanText } from './scan.ts';
