/** {@link WebAndEcho} in a process of its own, which tells its ports and ends with its parent. */
import { WebAndEcho } from './web-and-echo.ts';

const { web, echo } = await WebAndEcho.start();
process.on('disconnect', () => process.exit(0));
process.send?.({ web, echo });
