import { SluiceError } from '../base/errors.ts';
import type { ConfigEdit } from '../file/config-edit.ts';
import type { ConfigFile } from '../file/config-file.ts';
import { editConfigFile, saveConfigFile } from '../file/edit-config-file.ts';
import { readConfigFile } from '../file/read-config-file.ts';
import type { CommandContext } from './context.ts';

/** The changes of a configuration file that keep an order beyond the next start; undefined where it says so already. */
export type EditsOf = (file: ConfigFile) => readonly ConfigEdit[] | undefined;

/**
 * Puts an order that was carried out into the file of the running balancer. Its comments stay.
 *
 * @throws SluiceError `SLUICE_ERR_STATE` where the balancer runs no file, or where the file has changed meanwhile
 * @throws OptionsError where the file is a module, or would be wrong
 */
export async function saveOrder(context: CommandContext, editsOf: EditsOf): Promise<void> {
  const { file } = (await context.client.get('/v1/status')) as { readonly file?: string };
  if (file === undefined) {
    const message = 'The order is given but not saved: the balancer was not made from a file';
    throw new SluiceError('SLUICE_ERR_STATE', message);
  }
  const environment = context.io.env;
  const read = await readConfigFile(file, { environment });
  const edits = editsOf(read);
  if (edits === undefined) {
    context.say(`${file} says so already`);
    return;
  }
  if (edits.length === 0) {
    const message = `The order is given but not saved: ${file} has nothing of what it is for`;
    throw new SluiceError('SLUICE_ERR_STATE', message);
  }
  const edited = await editConfigFile(read, edits, { environment });
  await saveConfigFile(edited, read);
  context.say(`saved in ${file}`);
}
