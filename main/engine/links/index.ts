export { parseLink } from './parse-link.ts';
export { type ScanResult, scanText } from './scan.ts';
