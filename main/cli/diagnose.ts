import type { Diagnosis, Finding, Unchecked } from '../../preload/diagnosis.ts';
import { errors } from '../../renderer/locales/en-codes.ts';
import { diagnosis as words } from '../../renderer/locales/en-diagnosis.ts';
import { diagnosisParts } from '../diagnosing.ts';
import { errorCode } from '../engine/errors.ts';
import { diagnose, repair } from '../system-proxy/diagnosis/diagnosis.ts';
import { knock } from '../system-proxy/diagnosis/knock.ts';

import { changeLines, findingSentences, uncheckedSentence } from './diagnosis-words.ts';
import type { Options } from './options.ts';

/**
 * Lists what keeps programs from the network; repairs first what `--repair` names. Opens neither the database nor a port, so it runs beside
 * another Paperplane. Returns the exit code: 0 nothing is wrong, 1 a repair failed, 3 something is wrong.
 */
export async function runDiagnosis(options: Options): Promise<number> {
  const { listen, login, allowDirect, probes, json } = options;
  const parts = diagnosisParts({
    // Whoever listens where our endpoint would be is taken for it: it is asked for one harmless page.
    wayOut: async (signal) => ((await knock(listen, signal)) === 'somebody' ? { ...listen, login } : null),
    isDirectAllowed: () => allowDirect,
    probes,
  });
  const report = json ? reportJson : reportSentences;
  let failed = false;
  for (const id of options.repairs) {
    const code = await repair(parts, id).then(() => null, errorCode);
    failed ||= code !== null;
    report.repaired(id, code === null ? null : errors[code]);
  }
  const diagnosis = await diagnose(parts);
  report.diagnosis(diagnosis);
  return failed ? 1 : diagnosis.findings.length > 0 ? 3 : 0;
}

interface DiagnosisReport {
  repaired(id: string, failure: string | null): void;
  diagnosis(diagnosis: Diagnosis): void;
}

const write = (line: string) => void process.stdout.write(`${line}\n`);

const reportJson: DiagnosisReport = {
  repaired: (id, failure) => write(JSON.stringify({ event: 'repaired', id, ...(failure !== null && { failure }) })),
  diagnosis({ findings, unchecked }) {
    for (const finding of findings) write(JSON.stringify({ event: 'finding', ...finding, sentence: findingSentences(finding).what }));
    for (const one of unchecked) write(JSON.stringify({ event: 'unchecked', ...one, sentence: uncheckedSentence(one) }));
  },
};

const reportSentences: DiagnosisReport = {
  repaired: (id, failure) => write(failure === null ? `Repaired: ${id}` : `Not repaired: ${id}. ${failure}`),
  diagnosis({ findings, unchecked }) {
    if (findings.length === 0) write(words.nothing);
    for (const finding of findings) writeFinding(finding);
    for (const one of unchecked) writeUnchecked(one);
  },
};

function writeFinding(finding: Finding): void {
  const { what, why } = findingSentences(finding);
  write(`* ${what}\n  ${why}`);
  for (const line of changeLines(finding)) write(`  ${line}`);
}

const writeUnchecked = (one: Unchecked): void => write(`- ${uncheckedSentence(one)}`);
