import { PortableEngine } from '../../../src/engine/portable/portable-engine.ts';
import { describeEngine } from './engine-contract.ts';

describeEngine('portable', (runtime) => new PortableEngine(runtime));
