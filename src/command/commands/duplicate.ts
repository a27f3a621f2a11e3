import { Option, type Command } from 'commander';
import { OptionsError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { PlainServiceConfig } from '../../config/plain-config.ts';
import { duplicateEdits, statedService } from '../../file/duplicate-edits.ts';
import type { AddCommand } from '../add-command.ts';
import { wholeNumber } from '../arguments.ts';
import type { CommandContext } from '../context.ts';
import {
  changesOfCopy,
  copyModes,
  copyPersistences,
  copyProbes,
  type CopyFlags,
} from '../changes-of-copy.ts';
import { hasCopy, runningServices } from '../running-services.ts';
import { saveOrder } from '../save.ts';
import { presentFindings, tellFindings } from '../tell-findings.ts';
import { give } from './orders.ts';

interface DuplicateFlags extends CopyFlags {
  readonly save: boolean;
}

export const addDuplicate: AddCommand = (program, run) => {
  program
    .command('duplicate')
    .description('Adds a copy of a service with another name and port, with all its servers')
    .argument('<service>', 'the service to copy')
    .requiredOption('--name <name>', 'the name of the copy')
    .requiredOption('--port <number>', 'its port', wholeNumber(0, 65_535))
    .addOption(new Option('--mode <mode>', 'its mode, where it differs').choices(copyModes))
    .addOption(
      new Option('--persistence <kind>', 'what it knows clients by, where that differs').choices(
        copyPersistences,
      ),
    )
    .addOption(new Option('--probe <kind>', 'how it checks servers, where that differs').choices(copyProbes))
    .option('--save', 'put it into the configuration file as well', false)
    .addHelpText(
      'after',
      '\nWhatever is wrong in the service is wrong in the copy: what may not be meant there is told.' +
        '\nGiven again with --save for a copy that runs already, it puts the copy into the file as it runs.' +
        '\n\nExamples:\n  sluice duplicate INFINITT_Web --name DICOM --port 104 --mode tcp --persistence sourceIp --probe connect' +
        '\n  sluice duplicate DICOM --name QUERY --port 105 --save',
    )
    .action((service: string, flags: DuplicateFlags, command: Command) =>
      run(command, (context) => duplicate(context, service, flags)),
    );
};

async function duplicate(context: CommandContext, service: string, flags: DuplicateFlags): Promise<void> {
  const { name, port, save } = flags;
  const services = await runningServices(context);
  const changes = changesOfCopy(named(services, service), flags);
  if (save && hasCopy(services, service, changes)) context.answer({}, () => `${name} runs already`);
  else {
    try {
      await give(
        context,
        '/v1/duplicate',
        { service, changes },
        `${name} is a copy of ${service}, on port ${port}`,
      );
    } catch (error) {
      if (!(error instanceof OptionsError)) throw error;
      context.tell(
        `${name} is not made. --mode, --persistence and --probe say what differs from ${service}.`,
      );
      throw new OptionsError(error.problems, about(name, error.findings));
    }
  }
  tellFindings(context, about(name, await presentFindings(context)));
  if (save) await saveCopy(context, service, flags);
}

/** Puts a copy that runs into the file. */
async function saveCopy(context: CommandContext, service: string, flags: DuplicateFlags): Promise<void> {
  const copy = named(await runningServices(context), flags.name);
  await saveOrder(context, (file) => {
    if (file.value.services.some(({ name }) => name === flags.name)) return undefined;
    return duplicateEdits(file, service, changesOfCopy(statedService(file, service), flags), copy?.servers);
  });
}

function named(services: readonly PlainServiceConfig[], name: string): PlainServiceConfig | undefined {
  return services.find((service) => service.name === name);
}

function about(service: string, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ services }) => services.includes(service));
}
