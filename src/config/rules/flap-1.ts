import { healthCheckDefaults } from '../../health/health-check-options.ts';
import { isHealthCheck } from '../../health/health-check.ts';
import { listenersOf } from '../placed-services.ts';
import type { SmellRule } from '../rule.ts';

/** One probe alone does not decide where going down ends sessions. */
export const flap1: SmellRule = {
  id: 'flap-1',
  severity: 'warning',
  why:
    "`onDown: 'abort'` resets every session of a server that goes down. With `fall: 1` one lost probe does that, on a " +
    'network that loses one in ten thousand several times a day. With `rise: 1` one lucky probe brings a sick server ' +
    'back, and its new sessions are reset as well.',
  check({ services }, report) {
    for (const { name, title, listener, at } of listenersOf(services)) {
      const { healthCheck } = listener.pool;
      if (healthCheck === undefined) continue;
      const isLive = isHealthCheck(healthCheck);
      const options = isLive ? healthCheck.options : healthCheck;
      if (options.onDown !== 'abort') continue;
      const counts = (['fall', 'rise'] as const).filter((key) => options[key] === 1);
      for (const key of counts) {
        const path = `${at('healthCheck')}.${key}`;
        const does = key === 'fall' ? 'takes a server down and resets its sessions' : 'brings a server back';
        report({
          path,
          services: [name],
          message: `In ${title} one probe alone ${does} (${key} 1, onDown 'abort'). Use ${healthCheckDefaults[key]}, the default.`,
          mend: isLive ? [] : [{ path, value: healthCheckDefaults[key] }],
        });
      }
    }
  },
};
