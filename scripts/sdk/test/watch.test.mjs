/** When an exchange that is watched is over, and how it ended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isOver, outcomeOf } from '../dist/watch.js';

/** Two legs that expire at height 100, by their phases and heights. */
const view = (...legs) =>
	legs.map(([phase, height = 50]) => ({ phase, height, expiry: 100 }));

test('what has become of one leg has become of the other, also if that is swept', () => {
	for (const [legs, outcome] of [
		[view(['settled'], ['settled']), 'settled'],
		[view(['settled'], ['swept']), 'settled'],
		[view(['reversed'], ['expired']), 'undone'],
		[view(['cancelled'], ['swept']), 'undone'],
		[view(['absent', 101], ['absent', 101]), 'undone'],
		[view(['swept'], ['swept']), 'forgotten'],
		[view(['swept'], ['absent', 101]), 'forgotten'],
	]) {
		assert.equal(isOver({ legs }), true);
		assert.equal(outcomeOf(legs), outcome, JSON.stringify(legs));
	}
});

test('a leg that is not there is not waited for once the other one has failed', () => {
	assert.equal(outcomeOf(view(['cancelled'], ['absent'])), 'undone');
	for (const legs of [
		view(['registered'], ['absent']),
		view(['absent'], ['absent', 101]),
		view(['settled'], ['committed']),
		view(['cancelling'], ['absent']),
	]) {
		assert.equal(isOver({ legs }), false, JSON.stringify(legs));
		assert.equal(outcomeOf(legs), undefined);
	}
});
