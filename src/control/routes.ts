import { answerRoutes } from './routes/answers.ts';
import { backupRoutes } from './routes/backups.ts';
import { checkRoutes } from './routes/checks.ts';
import { logRoutes } from './routes/log.ts';
import { orderRoutes } from './routes/orders.ts';
import { progressRoutes } from './routes/progress.ts';
import { tableRoutes } from './routes/tables.ts';
import type { Route } from './route.ts';

/** Every route there is. */
export const routes: readonly Route[] = [
  ...answerRoutes,
  ...checkRoutes,
  ...orderRoutes,
  ...tableRoutes,
  ...backupRoutes,
  ...progressRoutes,
  ...logRoutes,
];
