import { expect, it } from 'vitest';
import { SluiceError } from '../../../src/base/errors.ts';
import { assertTransition, type Transitions } from '../../../src/base/state-machine.ts';

type Light = 'red' | 'green' | 'off';
const lights: Transitions<Light> = { red: ['green', 'off'], green: ['red', 'off'], off: [] };

function attempt(from: Light, to: Light): unknown {
  try {
    assertTransition('A light', lights, from, to);
    return undefined;
  } catch (error) {
    return error;
  }
}

it('allows exactly what the table allows', () => {
  const states: readonly Light[] = ['red', 'green', 'off'];
  for (const from of states) {
    for (const to of states) expect(attempt(from, to) === undefined).toBe(lights[from].includes(to));
  }
});

it('says what went wrong', () => {
  const error = attempt('red', 'red') as SluiceError;
  expect(SluiceError.is(error)).toBe(true);
  expect(error.code).toBe('SLUICE_ERR_INTERNAL');
  expect(error.message).toBe("A light cannot go from 'red' to 'red'; allowed: green, off");
  expect((attempt('off', 'red') as SluiceError).message).toContain('allowed: nothing');
});
