package io.weakref.near;

import java.util.concurrent.atomic.LongAdder;

/**
 * The counters behind {@link NearStats}.
 */
final class NearCounters {

	final LongAdder first = new LongAdder();

	final LongAdder second = new LongAdder();

	final LongAdder loads = new LongAdder();

	final LongAdder pushed = new LongAdder();

	final LongAdder flushed = new LongAdder();

	final LongAdder own = new LongAdder();

	final LongAdder refused = new LongAdder();

	NearStats snapshot() {
		return new NearStats(this.first.sum(), this.second.sum(), this.loads.sum(), this.pushed.sum(),
				this.flushed.sum(), this.own.sum(), this.refused.sum());
	}

}
