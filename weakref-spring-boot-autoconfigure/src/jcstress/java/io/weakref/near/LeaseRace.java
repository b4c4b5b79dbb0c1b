package io.weakref.near;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakValueDictionary;
import io.weakref.near.NearFence.Lease;

/**
 * A fence for races of readers with a change: {@code read} does what a reader does, with a
 * field as the second level. The values are static, so they stay alive.
 */
class LeaseRace {

	static final int NOTHING = 0;

	private static final WeakCleaner CLOSED = WeakCleaner.builder().threadName("closed").build();

	private static final NearKey KEY = new NearKey(new byte[] { 1 });

	private static final Version[] VERSIONS = { new Version(0), new Version(1), new Version(2) };

	static {
		CLOSED.close();
	}

	private final NearFence fence = new NearFence(
			WeakValueDictionary.<NearKey, Object>builder().cleaner(CLOSED).build());

	/** The version in the second level: 1, then 2. */
	private volatile int truth = 1;

	/** Take a lease, read, store, release the lease. */
	final void read() {
		Lease lease = this.fence.lease(KEY);
		this.fence.store(KEY, lease, VERSIONS[this.truth]);
		this.fence.release(KEY, lease);
	}

	/** Change the second level and report the change. */
	final void change() {
		this.truth = 2;
		this.fence.drop(KEY);
	}

	/** Change the second level and report that any key may have changed. */
	final void changeAnything() {
		this.truth = 2;
		this.fence.dropAll();
	}

	/** Change the second level and report that some keys may have changed. */
	final void changeSome() {
		this.truth = 2;
		this.fence.dropAll(KEY::equals);
	}

	/** Return the version in the first level. */
	final int stored() {
		return (this.fence.get(KEY) instanceof Version version) ? version.number() : NOTHING;
	}

	private static final class Version {

		private final int number;

		private Version(int number) {
			this.number = number;
		}

		private int number() {
			return this.number;
		}

	}

}
